import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { equalBytes, utf8 } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { formatGuardState, type NumberedState, parseGuardState } from './guard-state.ts';
import {
  DRAFT,
  type Draft,
  placeDraft,
  placeFile,
  readFileIfAny,
  removeFile,
} from './linked-file.ts';

/** The state of a guard's folder: a state with its counter, or none with counter 0. */
export type HighestState = NumberedState | { readonly counter: 0; readonly state: null };

/** Content of the file with counter 0, which says that nothing was ever signed. */
const EMPTY = utf8('varve-guard/1\nempty\n');

function nameOf(counter: number): string {
  return counter === 0 ? 'guard-empty' : `guard-${String(counter).padStart(16, '0')}`;
}

/** Counters of a folder's states, ascending, and names of files that are not states yet. */
export async function stateNames(dir: string): Promise<{ counters: number[]; drafts: string[] }> {
  const counters: number[] = [];
  const drafts: string[] = [];
  for (const name of await readdir(dir)) {
    if (name === 'guard-empty') counters.push(0);
    else if (/^guard-[0-9]{16}$/.test(name)) counters.push(Number(name.slice('guard-'.length)));
    else if (name.startsWith(DRAFT)) drafts.push(name);
  }
  return { counters: counters.sort((a, b) => a - b), drafts };
}

/**
 * Reads the state: the highest file, or none. Flushes the file first if asked.
 *
 * @throws {TransparencyError} guard.missing, guard.corrupt, guard.failed
 */
export async function readHighest(dir: string, flush = false): Promise<HighestState> {
  // Other writers may remove the file that was the highest when the names were read.
  for (let attempt = 0; attempt < 16; attempt++) {
    const counter = (await stateNames(dir)).counters.at(-1);
    if (counter === undefined) {
      throw new TransparencyError('guard.missing', `${dir} holds no state of a guard`);
    }
    const path = join(dir, nameOf(counter));
    const bytes = await readFileIfAny(path, flush);
    if (bytes !== undefined) return parseFile(path, counter, bytes);
  }
  throw new TransparencyError('guard.failed', `${dir} changes faster than it can be read`);
}

function parseFile(path: string, counter: number, bytes: Uint8Array): HighestState {
  try {
    if (counter === 0) {
      if (!equalBytes(bytes, EMPTY)) throw new TransparencyError('guard.corrupt', 'not empty');
      return { counter: 0, state: null };
    }
    const numbered = parseGuardState(bytes);
    if (numbered.counter !== counter) {
      throw new TransparencyError('guard.corrupt', `it holds state ${numbered.counter}`);
    }
    return numbered;
  } catch (cause) {
    throw new TransparencyError('guard.corrupt', `${path} is not a state of a guard`, { cause });
  }
}

/**
 * Writes a state, flushed, under its name if that is free, and says whether it was. The name is not flushed yet.
 *
 * @param draft  what it is written to; default: a draft that is made and removed here
 */
export function placeState(dir: string, placed: HighestState, draft?: Draft): Promise<boolean> {
  const content = placed.state === null ? EMPTY : formatGuardState(placed);
  const name = nameOf(placed.counter);
  return draft === undefined
    ? placeFile(dir, name, content)
    : placeDraft(draft, join(dir, name), content);
}

/** Removes states in the order given, and stops at one that stays: `advance` rests on that order. */
export async function removeInOrder(dir: string, counters: readonly number[]): Promise<void> {
  for (const counter of counters) {
    if (!(await removeFile(join(dir, nameOf(counter))))) return;
  }
}
