import { sha256 } from '#sha256';
import { equalBytes } from '../core/bytes.ts';
import { isTransparencyError } from '../core/error.ts';
import {
  type ForkHead,
  type ForkHeadValues,
  openForkHead,
  parseForkHead,
} from '../core/fork-head.ts';
import { proveForkPath } from '../core/fork-path.ts';
import { proveFork } from '../core/fork-proof.ts';
import { readRoot } from '../core/prover.ts';
import type { TileSource } from '../core/tile-reader.ts';
import type { SeenVerdict, SignedHead } from './contract.ts';
import type { Store } from './ports.ts';
import { evidenceKey, keysOf } from './rows.ts';
import type { HeadKeys } from './signed-head.ts';

/** A head with a valid signature of one of the log's keys that its tree does not contain. */
export interface Evidence {
  readonly size: number;
  readonly rootHash: Uint8Array;
  readonly face: ForkHead['face'];
  /** As it was shown: a signed note, or the line of a tree head. */
  readonly bytes: Uint8Array;
  /** A fork proof that convicts with keys alone; null where none follows, as when our heads are all smaller. */
  readonly forkProof: Uint8Array | null;
}

/** Heads that are kept: one is enough to halt, and each of them is a head that somebody holds. */
const HEADS_KEPT = 1_024;

/** The tree that a head is held against. */
export interface EvidenceTree {
  readonly size: number;
  readonly tiles: TileSource;
  /** The newest published head; null before the first. */
  readonly published: SignedHead | null;
}

/**
 * Opens a head that somebody shows, of either face; extension lines are let pass, since a thief may write them.
 *
 * @param bytes  a signed note, or the line of a tree head (spec/7-proof-file.md §5)
 * @returns undefined if no key of the log signed it
 */
export function openSeenHead(bytes: Uint8Array, keys: HeadKeys): SeenHead | undefined {
  try {
    const head = parseForkHead(bytes);
    return { head, ...openForkHead(head, forkKeysOf(keys)) };
  } catch (error) {
    if (isTransparencyError(error)) return undefined;
    throw error;
  }
}

/** A head that one of the log's keys signed. */
export interface SeenHead extends ForkHeadValues {
  readonly head: ForkHead;
}

/** What a head proves against the log; its verdict where that is nothing. (forks.md, EVIDENCE) */
export async function evidenceOf(
  bytes: Uint8Array,
  keys: HeadKeys,
  tree: EvidenceTree,
): Promise<Evidence | Extract<SeenVerdict, 'contained' | 'not-signed'>> {
  const seen = openSeenHead(bytes, keys);
  if (seen === undefined) return 'not-signed';
  const { size, rootHash } = seen;
  if (size <= tree.size && equalBytes(await readRoot(tree.tiles, size), rootHash)) {
    return 'contained';
  }
  const forkProof = await forkProofOf(seen, keys, tree);
  return { size, rootHash, face: seen.head.face, bytes, forkProof };
}

/** Keeps evidence for every start to come: a log does not forget what it was convicted of. */
export async function keepEvidence(store: Store, { bytes }: Evidence): Promise<void> {
  await store.write({ changes: [{ key: evidenceKey(sha256(bytes)), value: bytes }], flush: true });
}

/** Evidence of earlier lives that still stands: the tree still does not contain it. */
export async function standingEvidence(
  store: Store,
  keys: HeadKeys,
  tree: EvidenceTree,
): Promise<Evidence | null> {
  for (const { value } of await store.scan({ ...keysOf('F'), limit: HEADS_KEPT })) {
    const evidence = await evidenceOf(value, keys, tree);
    if (typeof evidence !== 'string') return evidence;
  }
  return null;
}

/** Of the head and of the newest published one, in the face of the former. */
async function forkProofOf(
  { head, size }: SeenHead,
  keys: HeadKeys,
  { published, tiles }: EvidenceTree,
): Promise<Uint8Array | null> {
  if (published === null) return null;
  const own: ForkHead =
    head.face === 'checkpoint'
      ? { face: 'checkpoint', note: published.note }
      : { face: 'tree-head', head: published, signature: published.treeHeadSignature };
  const sizes = { first: size, second: published.size };
  const path = size > 0 && size < published.size ? await proveForkPath(tiles, sizes) : [];
  try {
    return proveFork({ heads: [head, own], path }, forkKeysOf(keys));
  } catch (error) {
    // A larger head alone proves nothing to strangers: they cannot know that our tree will not grow to it.
    if (isTransparencyError(error, 'fork-proof.proves-nothing')) return null;
    throw error;
  }
}

function forkKeysOf({ log, p256PublicKey }: HeadKeys): {
  readonly logKey: HeadKeys['log'];
  readonly p256PublicKey: Uint8Array;
} {
  return { logKey: log, p256PublicKey };
}
