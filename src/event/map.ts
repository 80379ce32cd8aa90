import { sha256 } from '#sha256';
import { concat, utf8 } from '../core/bytes.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { type FoundKeys, fastKeys } from './fast-keys.ts';
import { type Leaf, parseLeaf } from './leaf.ts';
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
  const found = fastKeys(entry);
  if (found !== null) return keysFound(found, entry);
  const leaf = leafOf(entry);
  if (leaf === null) return [NONCONFORMING];
  if (leaf.v === 'nhi.leaf/1') return keysOfEvent(leaf.event);
  if (leaf.v === 'nhi.log/1') return [{ selector: 'log', value: leaf.type }];
  return [];
}

/** Label of a lookup key, 32 bytes: SHA-256("nhi.map/1\n" ‖ selector ‖ "\n" ‖ value). */
export function labelOf(key: LookupKey): Uint8Array {
  return labelOfBytes(key.selector, utf8(key.value));
}

/** Label of a selector and the UTF-8 bytes of a value, 32 bytes. */
export function labelOfBytes(selector: Selector, value: Uint8Array): Uint8Array {
  return sha256(concat(DOMAINS[selector], value));
}

/** What stands before the value in the input of a label. */
const DOMAINS = Object.fromEntries(
  SELECTORS.map((selector) => [selector, utf8(`${MAP}\n${selector}\n`)]),
  // It has a member for each selector.
) as Readonly<Record<Selector, Uint8Array>>;

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

/** In a canonical leaf the fields of one selector stand in the order of the list. */
function keysFound(found: FoundKeys, entry: Uint8Array): readonly LookupKey[] {
  const keys = new KeyList();
  for (const selector of SELECTORS) {
    for (let i = 0; i < found.count; i++) {
      if (found.selectors[i] !== selector) continue;
      keys.add(selector, latin1.decode(entry.subarray(found.starts[i], found.ends[i])));
    }
  }
  return keys.keys;
}

const latin1 = new TextDecoder('latin1');

/** A field that is not there has no key. It may find too much and never too little: values are taken as they stand. */
function keysOfEvent(event: NhiEvent): readonly LookupKey[] {
  const keys = new KeyList();
  const { actor, cred, deleg = [], res = [], ctx } = event;
  keys.add('actor', actor.id);
  keys.add('principal', actor.id);
  keys.add('principal', actor.owner?.id);
  for (const link of deleg) keys.add('principal', link.id);
  keys.add('cred', cred?.id);
  for (const link of deleg) keys.add('cred', link.token_id);
  keys.add('credfp', cred?.fp);
  keys.add('source', event.src.id);
  keys.add('session', ctx?.session_id);
  keys.add('trace', ctx?.trace_id);
  for (const one of res) keys.add('res', one.id);
  keys.add('artifact', event.artifact?.digest);
  for (const one of res) keys.add('artifact', one.digest);
  keys.add('kind', event.kind);
  for (const one of event.approval?.by ?? []) keys.add('approver', one.id);
  return keys.keys;
}

/** Keys, each once. */
class KeyList {
  readonly keys: LookupKey[] = [];
  readonly #seen = new Set<string>();

  add(selector: Selector, value: string | undefined): void {
    if (value === undefined) return;
    const text = `${selector}\n${value}`;
    if (this.#seen.has(text)) return;
    this.#seen.add(text);
    this.keys.push({ selector, value });
  }
}
