import { concat, utf8 } from '../core/bytes.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { scanArrayItems } from '../event/array-items.ts';
import { OPEN_BRACE, OPEN_BRACKET, skipSpace } from '../event/json-scan.ts';
import { endOfValue, linesOf, type ScannedMembers, scanMembers } from './wire-scan.ts';

/** An object that is nothing but the envelope of a list of items. */
export interface Envelope {
  /** Name of the member that is the list. */
  readonly list: string;
  /** Members that say nothing that the format itself does not say. Others become an item of their own. */
  readonly drop: readonly string[];
}

/** The items of a body, and whether it is one envelope and nothing else: a file, where an emitter delivers files. */
export interface OpenedJson {
  readonly items: readonly Uint8Array[];
  readonly isEnvelope: boolean;
}

/**
 * The items of a JSON body as views of it: of an array its items, of values one after the other each, of lines each, else
 * the body itself. What is an envelope is opened, wherever it stands: its items come in its place.
 *
 * @param itemsMax  more parts than this are refused before they are gathered
 * @throws {TransparencyError} json.malformed, json.too-deep, json.bom, submission.empty, submission.too-many-items;
 *   ingest.malformed for an envelope whose list is none
 */
export function jsonItems(
  body: Uint8Array,
  itemsMax: number,
  envelope?: Envelope,
): readonly Uint8Array[] {
  return envelope === undefined
    ? partsOf(body, itemsMax)
    : openJson(body, itemsMax, envelope).items;
}

/** As `jsonItems`, and tells whether the body is one envelope. */
export function openJson(body: Uint8Array, itemsMax: number, envelope: Envelope): OpenedJson {
  const parts = partsOf(body, itemsMax);
  const items: Uint8Array[] = [];
  let envelopes = 0;
  for (const part of parts) {
    const held = opened(part, itemsMax, envelope, parts.length === 1);
    if (held !== undefined) envelopes += 1;
    for (const item of held ?? [part]) items.push(item);
    if (items.length > itemsMax) throw tooMany(itemsMax);
  }
  const isObject = body[skipSpace(body, 0)] === OPEN_BRACE;
  return { items, isEnvelope: isObject && parts.length === 1 && envelopes === 1 };
}

/** A count of parts that refuses where there are too many, before they are gathered. */
export function partCount(itemsMax: number): () => void {
  let count = 0;
  return () => {
    if (++count > itemsMax) throw tooMany(itemsMax);
  };
}

function tooMany(itemsMax: number): TransparencyError {
  return new TransparencyError('submission.too-many-items', `more than ${itemsMax} items`);
}

function partsOf(body: Uint8Array, itemsMax: number): readonly Uint8Array[] {
  const start = skipSpace(body, 0);
  if (start === body.length) throw new TransparencyError('submission.empty', 'an empty body');
  if (body[start] === OPEN_BRACKET) return scanArrayItems(body, { itemsMax });
  const end = endOfValue(body, start);
  if (skipSpace(body, end) === body.length) return [body.subarray(start, end)];
  // A line that is broken must not take those after it along: where objects do not simply follow each other, lines do.
  return objectsOf(body, partCount(itemsMax)) ?? linesOf(body, partCount(itemsMax));
}

/** Objects one after the other, with or without space between them; undefined if the body is anything else. */
function objectsOf(body: Uint8Array, take: () => void): readonly Uint8Array[] | undefined {
  const objects: Uint8Array[] = [];
  for (let at = skipSpace(body, 0); at < body.length; ) {
    if (body[at] !== OPEN_BRACE) return undefined;
    const end = orNone(() => endOfValue(body, at));
    if (end === undefined) return undefined;
    take();
    objects.push(body.subarray(at, end));
    at = skipSpace(body, end);
  }
  return objects;
}

/** The items of an envelope, and what else it says; undefined for what is no envelope. */
function opened(
  part: Uint8Array,
  itemsMax: number,
  { list, drop }: Envelope,
  isWhole: boolean,
): readonly Uint8Array[] | undefined {
  const scan = (): ScannedMembers | undefined => scanMembers(part, [list, ...drop]);
  // One of several that cannot be read is an item that cannot be read.
  const members = isWhole ? scan() : orNone(scan);
  const items = members?.wanted.get(list);
  if (members === undefined || items === undefined) return undefined;
  const others = members.others();
  const rest = others.size === 0 ? [] : [objectOf(others)];
  if (items[0] === OPEN_BRACKET) return [...rest, ...scanArrayItems(items, { itemsMax })];
  // A list of nothing, as some languages write it.
  if (items.length === 4 && items[0] === LETTER_N) return rest;
  throw new TransparencyError('ingest.malformed', `${list} is no list`);
}

const LETTER_N = 0x6e;

function objectOf(members: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [name, value] of members) {
    parts.push(utf8(`${parts.length === 0 ? '{' : ','}${JSON.stringify(name)}:`), value);
  }
  return concat(...parts, utf8('}'));
}

function orNone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isTransparencyError(error) && error.code.startsWith('json.')) return undefined;
    throw error;
  }
}
