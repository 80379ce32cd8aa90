import { concat, utf8 } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { canonicalJson } from '../event/canonical.ts';
import { skipSpace } from '../event/json-scan.ts';
import type { JsonObject, JsonValue } from '../event/strict-json.ts';
import { type Adapter, readOr } from './adapter.ts';
import type { WireItem } from './mapped-event.ts';
import { mappingOf } from './mappings.ts';
import { LOG_RECORD, type MessageField, RESOURCE, SCOPE, SPAN } from './otlp-fields.ts';
import type { OtlpGroup } from './otlp-group.ts';
import { jsonGroups, jsonMessage, type OtlpNames } from './otlp-json.ts';
import { protoGroups, protoMessage } from './otlp-proto.ts';
import { WIRE_DEPTH_MAX } from './wire-json.ts';

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

function otlpAdapter(name: string, fields: readonly MessageField[], names: OtlpNames): Adapter {
  const mapping = mappingOf(name);
  return {
    name,
    mapping,
    contentTypes: [PROTOBUF_TYPE, 'application/json'],
    *read(body, headers, { itemsMax }) {
      const isProto = (headers.get('content-type') ?? '').toLowerCase().startsWith(PROTOBUF_TYPE);
      if (!isProto && skipSpace(body, 0) === body.length) {
        throw new TransparencyError('submission.empty', 'an empty body');
      }
      const groups = isProto ? protoGroups(body, itemsMax) : jsonGroups(body, names, itemsMax);
      const message = isProto ? protoMessage : jsonMessage;
      // Before anything is given out: what is said of all records of a group must be something.
      for (const group of groups) headOf(group, message);
      for (const group of groups) {
        const head = headOf(group, message);
        for (const record of group.records) {
          yield { item: itemOf(record, head, () => message(record, fields)), mapping };
        }
      }
    },
  };
}

/** Bytes of what records share, at most: it is told again with each of them. */
const HEAD_BYTES_MAX = 65_536;

/** What all records of a group have in common. */
function headOf(group: OtlpGroup, message: typeof protoMessage): JsonObject {
  const { resource, scope, resourceSchemaUrl, scopeSchemaUrl, others } = group;
  const beside = canonicalJson(others, { depthMax: WIRE_DEPTH_MAX + 4 }).length;
  if ((resource?.length ?? 0) + (scope?.length ?? 0) + beside > HEAD_BYTES_MAX) {
    throw new TransparencyError(
      'event.too-large',
      `a resource and its scope of more than ${HEAD_BYTES_MAX} bytes`,
    );
  }
  return {
    resource: resource === undefined ? {} : message(resource, RESOURCE),
    scope: scope === undefined ? {} : message(scope, SCOPE),
    ...(resourceSchemaUrl === undefined ? {} : { resourceSchemaUrl }),
    ...(scopeSchemaUrl === undefined ? {} : { scopeSchemaUrl }),
    ...(Object.keys(others).length === 0 ? {} : { others }),
  };
}

/** A record that cannot be read is kept behind what it shares with others. */
function itemOf(bytes: Uint8Array, head: JsonObject, read: () => JsonValue): WireItem {
  const record = readOr(read);
  if (record === undefined) {
    const shared = canonicalJson(head, { depthMax: WIRE_DEPTH_MAX + 4 });
    return { raw: concat(shared, utf8('\n'), bytes), input: undefined };
  }
  const input = { ...head, record };
  return { raw: canonicalJson(input, { depthMax: WIRE_DEPTH_MAX + 4 }), input };
}
