import { base64 } from '../core/base64.ts';
import { utf8Text } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { scanArrayItems } from '../event/array-items.ts';
import { canonicalJson } from '../event/canonical.ts';
import { OPEN_BRACKET, skipSpace } from '../event/json-scan.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../event/strict-json.ts';
import { type Adapter, readOr, type WireHeaders } from './adapter.ts';
import type { WireItem } from './mapped-event.ts';
import { mappingOf } from './mappings.ts';
import { parseWireJson, speakable, WIRE_DEPTH_MAX } from './wire-json.ts';

/** How a request holds CloudEvents; null: it holds none. */
export type CloudEventsMode = 'structured' | 'batch' | 'binary' | null;

const STRUCTURED = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';

/** The mode that the header fields of a request tell. (CloudEvents HTTP binding §3) */
export function cloudEventsMode(headers: Pick<WireHeaders, 'get'>): CloudEventsMode {
  const type = typeOf(headers);
  if (type === STRUCTURED) return 'structured';
  if (type === BATCH) return 'batch';
  return headers.get('ce-specversion') === undefined ? null : 'binary';
}

/**
 * The adapter of CloudEvents 1.0 in JSON and in its binary form.
 *
 * Each event is made one document, the members of its JSON form. Its canonical form is what is committed to: the same
 * event is one leaf, in whichever mode it comes again.
 */
export const CLOUDEVENTS: Adapter = {
  name: 'cloudevents',
  mapping: mappingOf('cloudevents'),
  contentTypes: [STRUCTURED, BATCH, 'application/json'],
  *read(body, headers, { itemsMax }) {
    const { mapping } = CLOUDEVENTS;
    const mode = cloudEventsMode(headers);
    if (mode === 'binary') {
      yield { item: itemOf(body, binaryEvent(body, headers)), mapping };
      return;
    }
    if (skipSpace(body, 0) === body.length) {
      throw new TransparencyError('submission.empty', 'an empty body');
    }
    const isArray = body[skipSpace(body, 0)] === OPEN_BRACKET;
    if (mode === 'structured' && isArray) {
      throw new TransparencyError('ingest.malformed', 'an array where one event was announced');
    }
    for (const raw of isArray ? scanArrayItems(body, { itemsMax }) : [body]) {
      yield {
        item: itemOf(
          raw,
          readOr(() => structuredEvent(raw)),
        ),
        mapping,
      };
    }
  },
};

function typeOf(headers: Pick<WireHeaders, 'get'>): string {
  return (headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function itemOf(bytes: Uint8Array, event: JsonValue | undefined): WireItem {
  if (!isJsonObject(event)) return { raw: bytes, input: undefined };
  return { raw: canonicalJson(event, { depthMax: WIRE_DEPTH_MAX + 2 }), input: event };
}

/** JSON data says its type, so that both forms of one event are one document. */
function structuredEvent(raw: Uint8Array): JsonValue {
  const event = parseWireJson(raw);
  if (!isJsonObject(event) || event['data'] === undefined) return event;
  return { ...event, datacontenttype: event['datacontenttype'] ?? 'application/json' };
}

/** The members of the JSON form, of header fields and body. (CloudEvents HTTP binding §3.1) */
function binaryEvent(body: Uint8Array, headers: WireHeaders): JsonObject {
  const event: Record<string, JsonValue> = Object.create(null);
  for (const name of headers.names()) {
    if (!name.startsWith('ce-') || name.length === 3) continue;
    const value = headers.get(name);
    if (value === undefined) continue;
    const attribute = name.slice(3);
    // What the body gives cannot be an attribute: beside it such a field keeps what it says.
    const free = OF_BODY.has(attribute) ? `${attribute}#` : attribute;
    event[free] = speakable(percentDecoded(value));
  }
  if (body.length === 0) return event;
  const type = headers.get('content-type');
  // UTF-8 goes without saying: the JSON form does not say it.
  if (type !== undefined) event['datacontenttype'] = type.replace(UTF8, '');
  const isJson = /^[^;]*[/+]json *(?:;|$)/i.test(type ?? '');
  const json = isJson ? readOr(() => parseWireJson(body)) : undefined;
  if (json !== undefined) event['data'] = json;
  else {
    const text = /^text\//i.test(type ?? '') ? readOr(() => utf8Text(body)) : undefined;
    if (typeof text === 'string') event['data'] = speakable(text);
    else event['data_base64'] = base64(body);
  }
  return event;
}

const OF_BODY: ReadonlySet<string> = new Set(['data', 'data_base64', 'datacontenttype']);
const UTF8 = /;\s*charset="?utf-8"?\s*$/i;

/** Sequences that are no UTF-8 stay as they are. (CloudEvents HTTP binding §3.1.3.2) */
function percentDecoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
