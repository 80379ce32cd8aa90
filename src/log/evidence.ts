import { sha256 } from '#sha256';
import { equalBytes } from '../core/bytes.ts';
import { type Checkpoint, openCheckpoint } from '../core/checkpoint.ts';
import { isTransparencyError } from '../core/error.ts';
import { proveForkPath } from '../core/fork-path.ts';
import { proveFork } from '../core/fork-proof.ts';
import { readRoot } from '../core/prover.ts';
import type { TileSource } from '../core/tile-reader.ts';
import type { SignedHead } from './contract.ts';
import type { Store } from './ports.ts';
import { evidenceKey, keysOf } from './rows.ts';
import type { HeadKeys } from './signed-head.ts';

/** A head with a valid signature of the log's key that its tree does not contain. */
export interface Evidence {
  readonly size: number;
  readonly rootHash: Uint8Array;
  /** As it was shown. */
  readonly note: Uint8Array;
  /** A fork proof that convicts with keys alone; null where our heads are all smaller than this one. */
  readonly forkProof: Uint8Array | null;
}

/** Notes that are kept: one is enough to halt, and each of them is a head that somebody holds. */
const NOTES_KEPT = 1_024;

/** The tree that a note is held against. */
export interface EvidenceTree {
  readonly size: number;
  readonly tiles: TileSource;
  /** The newest published head; null before the first. */
  readonly published: SignedHead | null;
}

/**
 * What a note proves against the log: null if it is not signed by its key or if the tree contains its head.
 * (forks.md, EVIDENCE)
 */
export async function evidenceOf(
  note: Uint8Array,
  keys: HeadKeys,
  tree: EvidenceTree,
): Promise<Evidence | null> {
  let head: Checkpoint;
  try {
    head = openCheckpoint(note, { logKey: keys.log, witnesses: [] });
  } catch (error) {
    if (isTransparencyError(error)) return null;
    throw error;
  }
  const { size, rootHash } = head;
  if (size <= tree.size && equalBytes(await readRoot(tree.tiles, size), rootHash)) return null;
  return { size, rootHash, note, forkProof: await forkProofOf(note, size, keys, tree) };
}

/** Keeps evidence for every start to come: a log does not forget what it was convicted of. */
export async function keepEvidence(store: Store, { note }: Evidence): Promise<void> {
  await store.write({ changes: [{ key: evidenceKey(sha256(note)), value: note }], flush: true });
}

/** Evidence of earlier lives that still stands: the tree still does not contain it. */
export async function standingEvidence(
  store: Store,
  keys: HeadKeys,
  tree: EvidenceTree,
): Promise<Evidence | null> {
  for (const { value } of await store.scan({ ...keysOf('F'), limit: NOTES_KEPT })) {
    const evidence = await evidenceOf(value, keys, tree);
    if (evidence !== null) return evidence;
  }
  return null;
}

async function forkProofOf(
  note: Uint8Array,
  size: number,
  keys: HeadKeys,
  { published, tiles }: EvidenceTree,
): Promise<Uint8Array | null> {
  if (published === null || size > published.size) return null;
  const heads = [
    { face: 'checkpoint', note },
    { face: 'checkpoint', note: published.note },
  ] as const;
  const sizes = { first: size, second: published.size };
  const path = size < published.size ? await proveForkPath(tiles, sizes) : undefined;
  return proveFork(
    { heads, ...(path === undefined ? {} : { path }) },
    { logKey: keys.log, p256PublicKey: keys.p256PublicKey },
  );
}
