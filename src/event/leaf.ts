import { utf8 } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { ownRoom, type Room } from '../core/slab.ts';
import { canonicalJson } from './canonical.ts';
import { type CanonicalForm, checkSchema, parseCanonicalValue } from './canonical-value.ts';
import type { EventSignature } from './event-signature.ts';
import { fastEvent } from './fast-event.ts';
import { type Genesis, parseGenesis } from './genesis.ts';
import { type IndexHead, parseIndexHead } from './index-leaf.ts';
import { EVENT_LIMITS } from './limits.ts';
import { type LogLeaf, parseLogLeaf } from './log-leaf.ts';
import type { NhiEvent } from './nhi-event.ts';
import { schemas } from './schema.generated.ts';
import type { JsonValue } from './strict-json.ts';

/** What the log says of an event at admission. All members are always there. (spec/4-leaf.md §3) */
export interface Recv {
  /** `native`, or the adapter that made the event. */
  readonly adapter: string;
  /** Clock of admission, ms since 1970. Not monotone in the tree. */
  readonly at: number;
  /** The authenticated submitter, or null where auth is off. */
  readonly by: string | null;
  /** Index of the first leaf of this source and id, whose content is another; else null. */
  readonly conflict: number | null;
  /** The mapping that made the event, or null. `sha256` is lowercase hex. */
  readonly map: { readonly id: string; readonly sha256: string } | null;
  /** Commitment to the raw bytes, 43 characters of base64url, or null. */
  readonly raw: string | null;
  /** 22 characters of base64url: 128 random bits. */
  readonly salt: string;
}

/** The leaf of an event: `nhi.leaf/1`. */
export interface EventLeaf {
  readonly v: 'nhi.leaf/1';
  readonly event: NhiEvent;
  readonly recv: Recv;
  readonly sig: EventSignature | null;
}

/** Bytes of an entry, at most: its length is a u16 in a bundle. */
export const ENTRY_BYTES_MAX: number = EVENT_LIMITS.leafBytesMax;

/** What an entry of an `events` log can be. `v` tells which. */
export type Leaf = EventLeaf | Genesis | LogLeaf | IndexHead;

/**
 * Bytes of the leaf of an event: the canonical form of `{event, recv, sig, v}`. (spec/4-leaf.md §2)
 *
 * @param parts.eventCanonical  canonical form of a checked event
 * @param room  where it is written; default: an array of its own
 * @throws {TransparencyError} leaf.too-large
 */
export function formatLeaf(
  parts: {
    readonly eventCanonical: Uint8Array;
    readonly recv: Recv;
    readonly sig: EventSignature | null;
  },
  room: Room = ownRoom,
): Uint8Array {
  const { eventCanonical, recv, sig } = parts;
  const tail = `,"recv":${recvText(recv)},"sig":${sigText(sig)},"v":"nhi.leaf/1"}`;
  const { read, written } = encoder.encodeInto(tail, tailBytes);
  const length = HEAD.length + eventCanonical.length + written;
  if (read < tail.length || length > EVENT_LIMITS.leafBytesMax) {
    throw new TransparencyError(
      'leaf.too-large',
      `more than ${EVENT_LIMITS.leafBytesMax} bytes, or names that are too long`,
    );
  }
  const leaf = room(length);
  leaf.set(HEAD);
  leaf.set(eventCanonical, HEAD.length);
  leaf.set(tailBytes.subarray(0, written), HEAD.length + eventCanonical.length);
  return leaf;
}

/**
 * The leaf of an event with another `recv`: what the writer makes of a conflict.
 *
 * @param entry  bytes that `formatLeaf` made
 */
export function leafWithRecv(entry: Uint8Array, recv: Recv): Uint8Array {
  const { event, sig } = parseEventLeaf(entry);
  // Parsed from a leaf, so it is made of what JSON can say.
  const eventCanonical = canonicalJson(event as unknown as JsonValue);
  return formatLeaf({ eventCanonical, recv, sig });
}

const encoder = new TextEncoder();
/** Room for what follows the event, written anew for each leaf: a seventh of the cost of a new array. */
const tailBytes = new Uint8Array(4_096);
const HEAD = utf8('{"event":');

/** Members in canonical order. Strings that are not of a fixed alphabet are quoted. */
function recvText(recv: Recv): string {
  const map =
    recv.map === null
      ? 'null'
      : `{"id":${JSON.stringify(recv.map.id)},"sha256":"${recv.map.sha256}"}`;
  const by = recv.by === null ? 'null' : JSON.stringify(recv.by);
  const raw = recv.raw === null ? 'null' : `"${recv.raw}"`;
  return `{"adapter":"${recv.adapter}","at":${recv.at},"by":${by},"conflict":${recv.conflict},"map":${map},"raw":${raw},"salt":"${recv.salt}"}`;
}

function sigText(sig: EventSignature | null): string {
  if (sig === null) return 'null';
  return `{"alg":"${sig.alg}","kid":${JSON.stringify(sig.kid)},"value":"${sig.value}"}`;
}

/**
 * The leaf of an entry of an `events` log: the canonical form of a leaf of a known version. (spec/4-leaf.md §2)
 *
 * The schema of its event is asked again; identifiers, real dates and the length of the event are not: they are rules
 * of admission, and whether bytes are a leaf must not depend on a Unicode version.
 *
 * @throws {TransparencyError} leaf.malformed, genesis.malformed
 */
export function parseLeaf(bytes: Uint8Array): Leaf {
  if (bytes.length > EVENT_LIMITS.leafBytesMax) {
    throw new TransparencyError('leaf.malformed', `${bytes.length} bytes`);
  }
  // `v` sorts last in each of the four.
  const text = new TextDecoder('latin1').decode(bytes.subarray(-24));
  if (text.endsWith('"v":"nhi.genesis/1"}')) return parseGenesis(bytes);
  if (text.endsWith('"v":"nhi.log/1"}')) return parseLogLeaf(bytes);
  if (text.endsWith('"v":"nhi.index/1"}')) return parseIndexHead(bytes);
  return parseEventLeaf(bytes);
}

function parseEventLeaf(bytes: Uint8Array): EventLeaf {
  return plainLeaf(bytes) ?? anyLeaf(bytes);
}

/** The leaf if the one-pass check accepts its event, else null: at a third of the cost. */
function plainLeaf(bytes: Uint8Array): EventLeaf | null {
  for (let i = 0; i < HEAD.length; i++) if (bytes[i] !== HEAD[i]) return null;
  const fast = fastEvent(bytes, HEAD.length);
  if (fast === null || bytes[fast.end] !== COMMA) return null;
  // With a brace for its comma, what follows the event is an object of its own; its members sort behind `event`.
  // A copy: `slice` of a Buffer would be a view, and the brace would stand in the caller's bytes.
  const rest = new Uint8Array(bytes.subarray(fast.end));
  rest[0] = OPEN_BRACE;
  const { recv, sig } = parseCanonicalValue(rest, LEAF_REST) as unknown as EventLeaf;
  return { v: 'nhi.leaf/1', event: fast.event.event, recv, sig };
}

const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;

function anyLeaf(bytes: Uint8Array): EventLeaf {
  // The schemas of leaf and event hold, so the value has the shape of its type.
  const leaf = parseCanonicalValue(bytes, LEAF) as unknown as EventLeaf;
  checkSchema(leaf.event as unknown as JsonValue, EVENT);
  return leaf;
}

const LEAF: CanonicalForm = {
  schema: schemas.leaf,
  depthMax: EVENT_LIMITS.holderDepthMax,
  code: 'leaf.malformed',
};
const LEAF_REST: CanonicalForm = { ...LEAF, schema: schemas.leafRest };
const EVENT: CanonicalForm = { ...LEAF, schema: schemas.event };
