import { utf8 } from '../core/bytes.ts';
import { isTransparencyError } from '../core/error.ts';
import { type Decided, type HoldScope, holdBodyOf, type Target } from '../event/custody-leaf.ts';
import type { LogLeaf } from '../event/log-leaf.ts';
import { isJsonObject, parseStrictJson } from '../event/strict-json.ts';
import type { Change } from './ports.ts';
import { corrupt, holdKey } from './rows.ts';

/** A legal hold that stands. */
export interface Hold extends Decided {
  /** Index of the leaf that placed it. */
  readonly index: number;
  readonly scope: HoldScope;
  /** ms since 1970. */
  readonly atMs: number;
}

/** What an erasure did, and what is left to do of it. (spec/14-privacy.md §5) */
export interface EraseReport extends Decided {
  readonly v: 'varve.erasure/1';
  /** Index of its `erase` leaf. */
  readonly index: number;
  readonly targets: readonly Target[];
  readonly blanked: readonly number[];
  /** ms since 1970; from then on nobody is told what was erased. */
  readonly beganAtMs: number;
  /** From then on no file of the store holds it; null: not yet. */
  readonly finishedAtMs: number | null;
  /** Ids of the keys that were destroyed, and of those under which lies what stays. */
  readonly keys: readonly { readonly old: string; readonly next: string }[];
  /** Openings that were sealed anew. */
  readonly resealed: number;
}

/** What the leaf of a hold changes: its row is there while it stands. */
export function holdChangesOf(index: number, leaf: LogLeaf): readonly Change[] {
  const body = holdBodyOf(leaf);
  if (body === null) return [];
  const { action, hold, ...rest } = body;
  if (action === 'lift') return hold === null ? [] : [{ key: holdKey(hold), value: null }];
  return [{ key: holdKey(index), value: formatCustodyRow({ ...rest, index, atMs: leaf.at }) }];
}

/** What no erasure reaches. */
export const NOT_REACHED: readonly string[] = [
  'what was read before: answers, exports, evidence bundles, mirrors (the leaves of type access and export say who)',
  'backups of the data folder and of the file of keys that were made before',
  'the leaf: that a value was withheld, of which kind, when and by whom, and the salted commitment to it',
  'labels and counts that are derived from leaves: the index and searches name entries as before',
  'what the source and those before the log still have',
  'free space of the disk, and what its controller or its file system keeps of replaced blocks',
];

/** JSON of a row. */
export function formatCustodyRow(value: Hold | EraseReport): Uint8Array {
  return utf8(JSON.stringify(value));
}

/** @throws {TransparencyError} store.corrupt */
export function parseHoldRow(bytes: Uint8Array): Hold {
  return parse(bytes, ['index', 'scope', 'atMs', 'legalBasis', 'requester', 'approvers']) as Hold;
}

/** @throws {TransparencyError} store.corrupt */
export function parseErasureRow(bytes: Uint8Array): EraseReport {
  const names = ['v', 'index', 'targets', 'blanked', 'beganAtMs', 'finishedAtMs', 'keys'];
  return parse(bytes, names) as EraseReport;
}

/** Rows that this program wrote: that their members are there is enough. */
function parse(bytes: Uint8Array, names: readonly string[]): unknown {
  try {
    const value = parseStrictJson(bytes);
    if (isJsonObject(value) && names.every((name) => Object.hasOwn(value, name))) return value;
  } catch (error) {
    if (!isTransparencyError(error)) throw error;
  }
  return corrupt('a row of an erasure or of a hold cannot be read');
}
