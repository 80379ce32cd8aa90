import { sha256 } from '#sha256';
import { base64, parseBase64 } from '../core/base64.ts';
import { equalBytes, utf8, utf8Text } from '../core/bytes.ts';
import { invariant, TransparencyError } from '../core/error.ts';
import { HASH_LENGTH } from '../core/hash.ts';
import { hex } from '../core/hex.ts';
import type { GuardState } from '../log/ports.ts';

/** A state and its number in the row of all states of a guard, from 1. */
export interface NumberedState {
  readonly counter: number;
  readonly state: GuardState;
}

/**
 * Bytes of a guard's file: lines `varve-guard/1`, `counter`, `size`, `root` (base64), `time` (ms), and `sha256` (hex)
 * over the lines above it. (spec/6-publication.md)
 */
export function formatGuardState({ counter, state }: NumberedState): Uint8Array {
  const body = `varve-guard/1\ncounter ${counter}\nsize ${state.size}\nroot ${base64(state.rootHash)}\ntime ${state.timeMs}\n`;
  return utf8(`${body}sha256 ${hex(sha256(utf8(body)))}\n`);
}

const LINES =
  /^varve-guard\/1\ncounter ([1-9][0-9]{0,15})\nsize (0|[1-9][0-9]{0,15})\nroot ([A-Za-z0-9+/]{43}=)\ntime (0|[1-9][0-9]{0,15})\nsha256 ([0-9a-f]{64})\n$/;

/**
 * The state in the bytes of a guard's file; no other spelling of it.
 *
 * @throws {TransparencyError} guard.corrupt
 */
export function parseGuardState(bytes: Uint8Array): NumberedState {
  try {
    const lines = LINES.exec(utf8Text(bytes));
    if (lines === null) throw corrupt('not the lines of a guard');
    const [, counter, size, root, time] = lines as unknown as [
      string,
      string,
      string,
      string,
      string,
    ];
    const parsed = {
      counter: Number(counter),
      state: { size: Number(size), rootHash: parseBase64(root), timeMs: Number(time) },
    };
    if (![parsed.counter, parsed.state.size, parsed.state.timeMs].every(Number.isSafeInteger)) {
      throw corrupt('a number is above 2^53 - 1');
    }
    if (!equalBytes(formatGuardState(parsed), bytes)) throw corrupt('the checksum does not fit');
    return parsed;
  } catch (cause) {
    if (cause instanceof TransparencyError && cause.code === 'guard.corrupt') throw cause;
    throw new TransparencyError('guard.corrupt', 'not the text of a guard', { cause });
  }
}

/** Are both the same head, or both none? */
export function sameGuardState(a: GuardState | null, b: GuardState | null): boolean {
  if (a === null || b === null) return a === b;
  return a.size === b.size && a.timeMs === b.timeMs && equalBytes(a.rootHash, b.rootHash);
}

/**
 * States that a head may follow another: at least its size, its root if the size is the same, a later time.
 *
 * A caller that asks for anything else is about to sign a fork or a rollback: a bug, so nobody catches it.
 */
export function checkAdvance(from: GuardState | null, to: GuardState): void {
  const numbers = [to.size, to.timeMs];
  invariant(
    numbers.every((n) => Number.isSafeInteger(n) && n >= 0),
    'size and time of a head are 0 or more',
  );
  invariant(to.rootHash.length === HASH_LENGTH, 'the root hash of a head has 32 bytes');
  if (from === null) return;
  invariant(
    to.size >= from.size,
    `a head of size ${to.size} never follows one of size ${from.size}`,
  );
  invariant(
    to.size > from.size || equalBytes(to.rootHash, from.rootHash),
    `size ${to.size} never gets a second root`,
  );
  invariant(
    to.timeMs > from.timeMs,
    `a head of time ${to.timeMs} never follows one of ${from.timeMs}`,
  );
}

/** The refusal of a guard whose state is not what its caller took it for. */
export function guardMoved(seen: GuardState | null, from: GuardState | null): TransparencyError {
  return new TransparencyError(
    'guard.moved',
    `another writer was here: size ${seen?.size ?? 'none'}, expected ${from?.size ?? 'none'}`,
    { details: { seenSize: seen?.size ?? null, expectedSize: from?.size ?? null } },
  );
}

function corrupt(why: string): TransparencyError {
  return new TransparencyError('guard.corrupt', why);
}
