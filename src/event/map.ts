import { sha256 } from '#sha256';
import { utf8 } from '../core/bytes.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { fastEvent } from './fast-event.ts';
import { ENTRY_BYTES_MAX, type Leaf, parseLeaf } from './leaf.ts';
import type { NhiEvent } from './nhi-event.ts';

/** The map that says which entries a lookup key finds. (spec/11-index.md §1) */
export const MAP = 'nhi.map/1';

/** What a lookup key can be about. The list is closed. */
export const SELECTORS = [
  'actor',
  'principal',
  'cred',
  'credfp',
  'source',
  'session',
  'trace',
  'res',
  'artifact',
  'kind',
  'approver',
  'log',
] as const;
export type Selector = (typeof SELECTORS)[number];

/** A lookup key: its value is the exact text of the field, nothing folded. */
export interface LookupKey {
  readonly selector: Selector;
  readonly value: string;
}

/** Keys of one leaf, at most: the schema of events bounds them to 122. */
export const LEAF_KEYS_MAX = 128;

/** The key of bytes that are no leaf of a known version. */
export const NONCONFORMING: LookupKey = { selector: 'kind', value: 'nonconforming' };
/** The key of events that no mapping covers. */
export const UNMAPPED: LookupKey = { selector: 'kind', value: 'unmapped' };

/**
 * The lookup keys of an entry, by `nhi.map/1`: each once, in the order of the list. Total and pure: it takes any bytes
 * and depends on nothing else. (spec/11-index.md §1)
 */
export function mapLeaf(entry: Uint8Array): readonly LookupKey[] {
  const event = plainEvent(entry);
  if (event !== null) return keysOfEvent(event);
  const leaf = leafOf(entry);
  if (leaf === null) return [NONCONFORMING];
  if (leaf.v === 'nhi.leaf/1') return keysOfEvent(leaf.event);
  if (leaf.v === 'nhi.log/1') return [{ selector: 'log', value: leaf.type }];
  return [];
}

/** Label of a lookup key, 32 bytes: SHA-256("nhi.map/1\n" ‖ selector ‖ "\n" ‖ value). */
export function labelOf(key: LookupKey): Uint8Array {
  return sha256(utf8(`${MAP}\n${key.selector}\n${key.value}`));
}

/**
 * The lookup key of its text, `selector:value`: `cred:tok-9f3`.
 *
 * @throws {TransparencyError} index.bad-key
 */
export function parseLookupKey(text: string): LookupKey {
  const colon = text.indexOf(':');
  const selector = SELECTORS.find((one) => one === text.slice(0, colon));
  const value = text.slice(colon + 1);
  if (selector !== undefined && value !== '' && !/\p{Cs}/u.test(value)) return { selector, value };
  const message = `not selector:value with a selector of ${SELECTORS.join(', ')}`;
  throw new TransparencyError('index.bad-key', message);
}

/** The text of a lookup key: `selector:value`. */
export function formatLookupKey(key: LookupKey): string {
  return `${key.selector}:${key.value}`;
}

function leafOf(entry: Uint8Array): Leaf | null {
  try {
    return parseLeaf(entry);
  } catch (error) {
    if (isTransparencyError(error)) return null;
    throw error;
  }
}

/**
 * The event of a leaf that one pass accepts and whose `recv` is plain; null says nothing. At a third of the cost of
 * `parseLeaf`, of which it takes a part: an index reads every entry of its log. (bench/index.ts)
 */
function plainEvent(entry: Uint8Array): NhiEvent | null {
  if (entry.length > ENTRY_BYTES_MAX) return null;
  for (let i = 0; i < HEAD.length; i++) if (entry[i] !== HEAD[i]) return null;
  const fast = fastEvent(entry, HEAD.length);
  if (fast === null || !PLAIN_REST.test(latin1.decode(entry.subarray(fast.end)))) return null;
  return fast.event.event;
}

const HEAD = utf8('{"event":');
const PLAIN_REST =
  /^,"recv":\{"adapter":"[a-z0-9][a-z0-9._-]{0,63}","at":(?:0|[1-9][0-9]{0,14}),"by":(?:null|"[A-Za-z0-9._@:/-]{1,128}"),"conflict":(?:null|0|[1-9][0-9]{0,14}),"map":null,"raw":null,"salt":"[A-Za-z0-9_-]{21}[AQgw]"\},"sig":null,"v":"nhi\.leaf\/1"\}$/;
const latin1 = new TextDecoder('latin1');

/** A field that is not there has no key. It may find too much and never too little: values are taken as they stand. */
function keysOfEvent(event: NhiEvent): readonly LookupKey[] {
  const keys: LookupKey[] = [];
  const seen = new Set<string>();
  const add = (selector: Selector, value: string | undefined): void => {
    if (value === undefined) return;
    const text = `${selector}\n${value}`;
    if (seen.has(text)) return;
    seen.add(text);
    keys.push({ selector, value });
  };
  const { actor, cred, deleg = [], res = [], ctx } = event;
  add('actor', actor.id);
  add('principal', actor.id);
  add('principal', actor.owner?.id);
  for (const link of deleg) add('principal', link.id);
  add('cred', cred?.id);
  for (const link of deleg) add('cred', link.token_id);
  add('credfp', cred?.fp);
  add('source', event.src.id);
  add('session', ctx?.session_id);
  add('trace', ctx?.trace_id);
  for (const one of res) add('res', one.id);
  add('artifact', event.artifact?.digest);
  for (const one of res) add('artifact', one.digest);
  add('kind', event.kind);
  for (const one of event.approval?.by ?? []) add('approver', one.id);
  return keys;
}
