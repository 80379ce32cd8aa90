/** How a field of an OTLP message is written, and the messages within. */
export type FieldType =
  | 'text'
  | 'hex'
  | 'bytes'
  | 'fixed64'
  | 'fixed32'
  | 'int64'
  | 'double'
  | 'bool'
  | 'varint'
  | 'any'
  | 'attributes'
  | readonly MessageField[];

/** One field: its number in protobuf, its name in JSON, its type. */
export interface MessageField {
  readonly number: number;
  readonly name: string;
  readonly type: FieldType;
  readonly repeated?: true;
}

/** Fields of `Resource`, `InstrumentationScope`, `LogRecord` and `Span`. (opentelemetry-proto v1) */
export const RESOURCE: readonly MessageField[] = [
  { number: 1, name: 'attributes', type: 'attributes' },
  { number: 2, name: 'droppedAttributesCount', type: 'varint' },
];

export const SCOPE: readonly MessageField[] = [
  { number: 1, name: 'name', type: 'text' },
  { number: 2, name: 'version', type: 'text' },
  { number: 3, name: 'attributes', type: 'attributes' },
  { number: 4, name: 'droppedAttributesCount', type: 'varint' },
];

export const LOG_RECORD: readonly MessageField[] = [
  { number: 1, name: 'timeUnixNano', type: 'fixed64' },
  { number: 11, name: 'observedTimeUnixNano', type: 'fixed64' },
  { number: 2, name: 'severityNumber', type: 'varint' },
  { number: 3, name: 'severityText', type: 'text' },
  { number: 5, name: 'body', type: 'any' },
  { number: 6, name: 'attributes', type: 'attributes' },
  { number: 7, name: 'droppedAttributesCount', type: 'varint' },
  { number: 8, name: 'flags', type: 'fixed32' },
  { number: 9, name: 'traceId', type: 'hex' },
  { number: 10, name: 'spanId', type: 'hex' },
  { number: 12, name: 'eventName', type: 'text' },
];

const SPAN_EVENT: readonly MessageField[] = [
  { number: 1, name: 'timeUnixNano', type: 'fixed64' },
  { number: 2, name: 'name', type: 'text' },
  { number: 3, name: 'attributes', type: 'attributes' },
  { number: 4, name: 'droppedAttributesCount', type: 'varint' },
];

const SPAN_LINK: readonly MessageField[] = [
  { number: 1, name: 'traceId', type: 'hex' },
  { number: 2, name: 'spanId', type: 'hex' },
  { number: 3, name: 'traceState', type: 'text' },
  { number: 4, name: 'attributes', type: 'attributes' },
  { number: 5, name: 'droppedAttributesCount', type: 'varint' },
  { number: 6, name: 'flags', type: 'fixed32' },
];

const STATUS: readonly MessageField[] = [
  { number: 2, name: 'message', type: 'text' },
  { number: 3, name: 'code', type: 'varint' },
];

export const SPAN: readonly MessageField[] = [
  { number: 1, name: 'traceId', type: 'hex' },
  { number: 2, name: 'spanId', type: 'hex' },
  { number: 3, name: 'traceState', type: 'text' },
  { number: 4, name: 'parentSpanId', type: 'hex' },
  { number: 16, name: 'flags', type: 'fixed32' },
  { number: 5, name: 'name', type: 'text' },
  { number: 6, name: 'kind', type: 'varint' },
  { number: 7, name: 'startTimeUnixNano', type: 'fixed64' },
  { number: 8, name: 'endTimeUnixNano', type: 'fixed64' },
  { number: 9, name: 'attributes', type: 'attributes' },
  { number: 10, name: 'droppedAttributesCount', type: 'varint' },
  { number: 11, name: 'events', type: SPAN_EVENT, repeated: true },
  { number: 12, name: 'droppedEventsCount', type: 'varint' },
  { number: 13, name: 'links', type: SPAN_LINK, repeated: true },
  { number: 14, name: 'droppedLinksCount', type: 'varint' },
  { number: 15, name: 'status', type: STATUS },
];

/** The kinds of `AnyValue`, by number and by name. */
export const ANY_VALUE: readonly { readonly number: number; readonly name: string }[] = [
  { number: 1, name: 'stringValue' },
  { number: 2, name: 'boolValue' },
  { number: 3, name: 'intValue' },
  { number: 4, name: 'doubleValue' },
  { number: 5, name: 'arrayValue' },
  { number: 6, name: 'kvlistValue' },
  { number: 7, name: 'bytesValue' },
];
