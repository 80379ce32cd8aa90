import { base64, base64url, parseBase64, parseBase64url } from '../core/base64.ts';
import { concat, utf8, utf8Text } from '../core/bytes.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { parseDisclosure } from './disclosure.ts';
import type { EventLeaf } from './leaf.ts';
import { checkOpening, type Opening, RAW_POINTER, RAW_SALT_LENGTH } from './opening.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseStrictJson } from './strict-json.ts';

/** What is kept of what a leaf withholds, as a server tells it. (spec/14-privacy.md §4) */
export interface ToldOpenings {
  readonly index: number;
  /** Texts of disclosures. */
  readonly disclosures: readonly string[];
  /** What an adapter read: base64url of the salt, base64 of the bytes; null: not kept. */
  readonly raw: { readonly salt: string; readonly bytes: string } | null;
  /** What was kept once and is erased, with the index of the entry that says so. */
  readonly erased: readonly { readonly pointer: string; readonly by: number }[];
  /** Pointers of what is kept, and cannot be read: its key is gone. */
  readonly unreadable: readonly string[];
}

/** Openings in the form in which they are told. */
export function tellOpenings(parts: {
  readonly index: number;
  readonly openings: readonly Opening[];
  readonly erased: ToldOpenings['erased'];
  readonly unreadable: readonly string[];
}): ToldOpenings {
  const { index, openings, erased, unreadable } = parts;
  const raw = openings.find(({ pointer }) => pointer === RAW_POINTER)?.bytes;
  return {
    index,
    disclosures: openings
      .filter(({ pointer }) => pointer !== RAW_POINTER)
      .map(({ bytes }) => utf8Text(bytes)),
    raw:
      raw === undefined
        ? null
        : {
            salt: base64url(raw.subarray(0, RAW_SALT_LENGTH)),
            bytes: base64(raw.subarray(RAW_SALT_LENGTH)),
          },
    erased,
    unreadable,
  };
}

/** One value that was opened, and is what the leaf commits to. */
export interface OpenedValue {
  readonly pointer: string;
  readonly value: JsonValue;
}

/** The openings of a leaf, each held against it. What is `erased` or `unreadable` is the server's word alone. */
export interface CheckedOpenings {
  readonly values: readonly OpenedValue[];
  /** What an adapter read; null: not kept. */
  readonly raw: Uint8Array | null;
  readonly erased: ToldOpenings['erased'];
  readonly unreadable: readonly string[];
}

/**
 * Reads what a server tells of a leaf, and holds every opening against it.
 *
 * @param leaf  proven to be in the tree at `index`
 * @throws {TransparencyError} reply.malformed; opening.mismatch for what the leaf does not commit to
 */
export function checkToldOpenings(
  bytes: Uint8Array,
  { index, leaf }: { readonly index: number; readonly leaf: EventLeaf },
): CheckedOpenings {
  const told = parseTold(bytes);
  if (told.index !== index) throw malformed(`openings of entry ${told.index}`);
  const seen = new Set<string>();
  const values = told.disclosures.map((text): OpenedValue => {
    const { pointer, value } = parseDisclosure(text);
    if (seen.has(pointer)) throw malformed('a pointer again');
    seen.add(pointer);
    checkOpening(leaf, { pointer, bytes: utf8(text) });
    return { pointer, value };
  });
  return { values, raw: rawOf(told.raw, leaf), erased: told.erased, unreadable: told.unreadable };
}

function rawOf(told: ToldOpenings['raw'], leaf: EventLeaf): Uint8Array | null {
  if (told === null) return null;
  const raw = parseBase64(told.bytes);
  checkOpening(leaf, { pointer: RAW_POINTER, bytes: concat(parseBase64url(told.salt), raw) });
  return raw;
}

function parseTold(bytes: Uint8Array): ToldOpenings {
  try {
    const told = objectOf(parseStrictJson(bytes));
    const { index, raw } = told;
    return {
      index: integerOf(index),
      disclosures: listOf(told['disclosures']).map(textOf),
      raw: raw === null ? null : rawTextsOf(objectOf(raw)),
      erased: listOf(told['erased']).map((item) => {
        const { pointer, by } = objectOf(item);
        return { pointer: textOf(pointer), by: integerOf(by) };
      }),
      unreadable: listOf(told['unreadable']).map(textOf),
    };
  } catch (error) {
    if (!isTransparencyError(error) || error.code === 'reply.malformed') throw error;
    throw malformed(error.message);
  }
}

function rawTextsOf({ salt, bytes }: JsonObject): { salt: string; bytes: string } {
  return { salt: textOf(salt), bytes: textOf(bytes) };
}

function objectOf(value: JsonValue | undefined): JsonObject {
  if (isJsonObject(value)) return value;
  throw malformed('an object expected');
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  if (Array.isArray(value)) return value;
  throw malformed('a list expected');
}

function textOf(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value;
  throw malformed('a text expected');
}

function integerOf(value: JsonValue | undefined): number {
  if (typeof value === 'number' && value >= 0) return value;
  throw malformed('an index expected');
}

function malformed(why: string): TransparencyError {
  return new TransparencyError('reply.malformed', `no openings: ${why}`);
}
