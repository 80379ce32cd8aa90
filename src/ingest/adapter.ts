import { isTransparencyError } from '../core/error.ts';
import type { JsonValue } from '../event/strict-json.ts';
import { type Envelope, jsonItems } from './json-items.ts';
import type { IngestContext, WireItem } from './mapped-event.ts';
import type { Mapping } from './mapping.ts';
import { parseWireJson } from './wire-json.ts';

/** The header fields that came with a body. */
export interface WireHeaders {
  /** Value of a field, its name in lower case. */
  get(name: string): string | undefined;
  /** Names of all fields, in lower case. */
  names(): readonly string[];
}

/** One thing that was sent, and the rules that make its event. */
export interface AdaptedItem {
  readonly item: WireItem;
  readonly mapping: Mapping;
}

/** One foreign format: how a body is taken apart, and the rules for each part. */
export interface Adapter {
  /** Name in the path of the route, and in `recv.adapter`. */
  readonly name: string;
  /** The rules, where there is one file of them; the first where there are several. */
  readonly mapping: Mapping;
  /** Media types of its bodies; none: whatever they say, and the sender shows a token. */
  readonly contentTypes: readonly string[];
  /** True: its emitters are answered as RFC 8935 asks, in success and in failure. */
  readonly setErrors?: true;
  /**
   * The parts of a body, one after the other: a body may be large, and what its parts say is never there at once.
   *
   * @throws {TransparencyError} json.*, bytes.*, ingest.malformed for a body that cannot be taken apart, and
   *   ingest.bad-signature where a known key says that it is forged: nothing of it has been given out then
   */
  read(body: Uint8Array, headers: WireHeaders, context: IngestContext): Iterable<AdaptedItem>;
}

/** An item of JSON; what cannot be read stays what it is, and its event is `unmapped`. */
export function jsonItem(raw: Uint8Array): WireItem {
  return { raw, input: readOr(() => parseWireJson(raw)) };
}

/** What a reader gives, or undefined where it refuses. A forgery is none of those: it is thrown on. */
export function readOr(read: () => JsonValue): JsonValue | undefined {
  try {
    return read();
  } catch (error) {
    if (isTransparencyError(error) && error.code !== 'ingest.bad-signature') return undefined;
    throw error;
  }
}

/** An adapter whose items are JSON, and whose rules do all the work. */
export function jsonAdapter(mapping: Mapping, envelope?: Envelope): Adapter {
  return {
    name: mapping.file.adapter,
    mapping,
    contentTypes: JSON_TYPES,
    *read(body, _headers, { itemsMax }) {
      for (const raw of jsonItems(body, itemsMax, envelope)) yield { item: jsonItem(raw), mapping };
    },
  };
}

/** Media types of JSON and of lines of it, as emitters name them. */
export const JSON_TYPES: readonly string[] = [
  'application/json',
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
];
