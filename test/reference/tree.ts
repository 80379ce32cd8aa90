/**
 * RFC 6962 §2.1 as it stands there: the recursion, slow and short. The oracle of tests; nothing of `src/` but the hash.
 */
import { createHash } from 'node:crypto';

function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const state = createHash('sha256');
  for (const part of parts) state.update(part);
  return new Uint8Array(state.digest());
}

/** The leaf hash of an entry. */
export function referenceLeafHash(entry: Uint8Array): Uint8Array {
  return sha256(Uint8Array.of(0), entry);
}

/** MTH over leaf hashes. Remembers what it has seen of them: `hashes` does not change. */
export function mth(
  hashes: readonly Uint8Array[],
  start = 0,
  end: number = hashes.length,
): Uint8Array {
  if (start === end) return sha256();
  if (end - start === 1) return hashes[start] as Uint8Array;
  const seen = known.get(hashes) ?? new Map<string, Uint8Array>();
  known.set(hashes, seen);
  const key = `${start}-${end}`;
  const k = start + split(end - start);
  const hash =
    seen.get(key) ?? sha256(Uint8Array.of(1), mth(hashes, start, k), mth(hashes, k, end));
  seen.set(key, hash);
  return hash;
}

/** PATH(m, D[start:end]). */
export function path(
  m: number,
  hashes: readonly Uint8Array[],
  start = 0,
  end: number = hashes.length,
): Uint8Array[] {
  if (end - start === 1) return [];
  const k = split(end - start);
  return m < k
    ? [...path(m, hashes, start, start + k), mth(hashes, start + k, end)]
    : [...path(m - k, hashes, start + k, end), mth(hashes, start, start + k)];
}

/** PROOF(m, D[0:end]), 0 < m ≤ end. */
export function proof(
  m: number,
  hashes: readonly Uint8Array[],
  end: number = hashes.length,
): Uint8Array[] {
  return subproof({ m, whole: true, start: 0, end }, hashes);
}

function subproof(
  at: { m: number; whole: boolean; start: number; end: number },
  hashes: readonly Uint8Array[],
): Uint8Array[] {
  const { m, whole, start, end } = at;
  if (m === end - start) return whole ? [] : [mth(hashes, start, end)];
  const k = split(end - start);
  return m <= k
    ? [...subproof({ m, whole, start, end: start + k }, hashes), mth(hashes, start + k, end)]
    : [
        ...subproof({ m: m - k, whole: false, start: start + k, end }, hashes),
        mth(hashes, start, start + k),
      ];
}

/** The largest power of two smaller than n. */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

const known = new WeakMap<readonly Uint8Array[], Map<string, Uint8Array>>();
