import { TransparencyError } from '../core/error.ts';
import { canonicalJson } from '../event/canonical.ts';
import type { JsonObject, JsonValue } from '../event/strict-json.ts';
import { type AdaptedItem, type Adapter, readOr } from './adapter.ts';
import type { WireItem } from './mapped-event.ts';
import { mappingOf } from './mappings.ts';
import { jsonGroups, jsonMessage, type OtlpGroup } from './otlp-document.ts';
import { LOG_RECORD, type MessageField, RESOURCE, SCOPE, SPAN } from './otlp-fields.ts';
import { protoGroups, protoMessage } from './otlp-proto.ts';
import { WIRE_DEPTH_MAX } from './wire-json.ts';
import { skipSpace } from './wire-scan.ts';

/** The media type of OTLP in protobuf. */
export const PROTOBUF_TYPE = 'application/x-protobuf';

/**
 * Adapters of OTLP logs and traces, protobuf and JSON. (opentelemetry-proto v1, OTLP/HTTP)
 *
 * Both forms of a record are made one document, `{resource, scope, record}`, attributes by their names. Its canonical
 * form is what is committed to: the same record is one leaf, in whichever form it comes again. Records are read one
 * after the other.
 */
export const OTLP_LOGS: Adapter = otlpAdapter('otlp-logs', LOG_RECORD, {
  resources: 'resourceLogs',
  scopes: 'scopeLogs',
  records: 'logRecords',
});
export const OTLP_TRACES: Adapter = otlpAdapter('otlp-traces', SPAN, {
  resources: 'resourceSpans',
  scopes: 'scopeSpans',
  records: 'spans',
});

const OPEN_BRACE = 0x7b;

function otlpAdapter(
  name: string,
  fields: readonly MessageField[],
  names: Parameters<typeof jsonGroups>[1],
): Adapter {
  const mapping = mappingOf(name);
  return {
    name,
    mapping,
    contentTypes: [PROTOBUF_TYPE, 'application/json'],
    *read(body, headers) {
      const isProto = (headers.get('content-type') ?? '').toLowerCase().startsWith(PROTOBUF_TYPE);
      const begin = isProto ? 0 : skipSpace(body, 0);
      if (!isProto && begin === body.length) {
        throw new TransparencyError('submission.empty', 'an empty body');
      }
      // Success would say that something is in the tree of what nobody could read.
      if (!isProto && body[begin] !== OPEN_BRACE) {
        throw new TransparencyError('ingest.malformed', 'not an export request');
      }
      const groups = isProto ? protoGroups(body) : jsonGroups(body, names);
      const message = isProto ? protoMessage : jsonMessage;
      for (const group of groups) {
        const head = headOf(group, message);
        for (const record of group.records) {
          yield {
            item: itemOf(record, head, () => message(record, fields)),
            mapping,
          } as AdaptedItem;
        }
      }
    },
  };
}

/** What all records of a group have in common. */
function headOf(group: OtlpGroup, message: typeof protoMessage): JsonObject {
  const { resource, scope, resourceSchemaUrl, scopeSchemaUrl } = group;
  const read = (bytes: Uint8Array | undefined, fields: readonly MessageField[]): JsonValue =>
    (bytes === undefined ? undefined : readOr(() => quietly(() => message(bytes, fields)))) ?? {};
  return {
    resource: read(resource, RESOURCE),
    scope: read(scope, SCOPE),
    ...(resourceSchemaUrl === undefined ? {} : { resourceSchemaUrl }),
    ...(scopeSchemaUrl === undefined ? {} : { scopeSchemaUrl }),
  };
}

function itemOf(bytes: Uint8Array, head: JsonObject, read: () => JsonValue): WireItem {
  const record = readOr(() => quietly(read));
  if (record === undefined) return { raw: bytes, input: undefined };
  const input = { ...head, record };
  return { raw: canonicalJson(input, { depthMax: WIRE_DEPTH_MAX + 4 }), input };
}

/** The reader of protobuf throws errors of its own. */
function quietly(read: () => JsonValue): JsonValue {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof TransparencyError) throw cause;
    throw new TransparencyError('ingest.malformed', 'not such a message', { cause });
  }
}
