import { base64 } from '../core/base64.ts';
import { type BundleSource, openBundle } from '../core/bundle.ts';
import { equalBytes } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { readRoot } from '../core/prover.ts';
import { TILE_WIDTH } from '../core/tile.ts';
import { authenticatedTiles, type TileSource } from '../core/tile-reader.ts';
import { TreeBuilder } from '../core/tree-builder.ts';
import { formatVkey } from '../core/vkey.ts';
import { parseGenesis } from '../event/genesis.ts';
import type { LogType } from './contract.ts';
import { HeadMaking } from './head-making.ts';
import type { WriterTree } from './integrate.ts';
import type { Clock, Guard, GuardState, HeadSigner, Store } from './ports.ts';
import { Reader } from './reader.ts';
import { formatMeta, type Recovered, recover } from './recovery.ts';
import { replay } from './replay.ts';
import { META_KEY, PUBLISHED_KEY } from './rows.ts';
import type { HeadKeys, HeadRow } from './signed-head.ts';
import { emptyTally, readTally, type Tallies } from './tally.ts';

/** A head that the log's key signed, and who knows it. */
export interface KnownHead {
  readonly size: number;
  readonly rootHash: Uint8Array;
  /** For people: `the guard`, `witness w1`, a file. */
  readonly by: string;
}

/** Where entries come back from: not believed. */
export interface RestoreSource {
  readonly tiles: TileSource;
  readonly bundles: BundleSource;
}

/** What a restore works on. Nobody else has the store open; the caller closes all. */
export interface RestoreOptions {
  readonly store: Store;
  readonly guard: Guard;
  readonly signer: HeadSigner;
  readonly keys: HeadKeys;
  readonly samenessSecret: Uint8Array;
  readonly origin: string;
  readonly type: LogType;
  readonly clock: Clock;
  readonly source: RestoreSource;
  /** Heads that others hold, signatures checked. The highest of them, the guard's and the store's is the target. */
  readonly heads: readonly KnownHead[];
  /** The operator says that the guard was put back to an older state too. */
  readonly guardWasRestored: boolean;
  readonly onProgress?: (size: number) => void;
}

/** What a restore did. */
export interface Restored {
  /** The head that the log came back to. */
  readonly target: KnownHead;
  /** Entries of the store before, and after. */
  readonly before: number;
  readonly after: number;
}

/**
 * Brings a store that was emptied or rolled back to the highest head that anyone is known to hold, from a source that
 * nobody need believe, and leaves it ready for a start. (forks.md REPLAY; spec/6-publication.md §6)
 *
 * All heads must be of one tree, and so must what the store has left: else the log forked, and only retires. Nothing is
 * written before that is proven. At the end the guard and the store hold the head that was come back to, signed again.
 * It may be cut short and run again.
 *
 * @throws {TransparencyError} start.refused if the guard never knew the head, and nobody says that the guard is old;
 *   checkpoint.fork for heads of different trees; consistency.mismatch for a store that is no prefix; genesis.malformed;
 *   store.corrupt; bundle.*, tile.* for what the source lacks or alters; faults of store, guard and source
 */
export async function restoreLog(options: RestoreOptions): Promise<Restored> {
  const { store, guard } = options;
  const left = await readStore(options);
  const guarded = await guard.read();
  const heads = [
    ...(guarded === null ? [] : [{ ...guarded, by: 'the guard' }]),
    ...(left.newest === null ? [] : [{ ...left.newest, by: 'the store' }]),
    ...options.heads,
  ];
  const target = highestOf(heads);
  const { builder } = left.tree;
  const before = builder.size;
  const hasAll = before >= target.size;
  const tiles = hasAll
    ? ownTiles(store, left.tree)
    : authenticatedTiles(options.source.tiles, target);
  await checkHeads(tiles, heads, target.size);
  if (hasAll && !isMissing(left, guarded, target)) return { target, before, after: before };
  if (!options.guardWasRestored) checkGuardKnows(guarded, target);
  if (left.isEmpty) {
    if (options.type === 'events') await checkGenesis(tiles, target, options);
    const meta = { key: META_KEY, value: formatMeta(options) };
    const condition = { key: META_KEY, value: undefined };
    await store.write({ changes: [meta], condition, flush: true });
  }
  const { tree, tallies } = left;
  if (!hasAll) await replay({ ...options, tree, tallies, target });
  await signAgain(options, target, left);
  return { target, before, after: builder.size };
}

/** Of heads of one size, any: all must have one root. */
function highestOf(heads: readonly KnownHead[]): KnownHead {
  const [highest] = [...heads].sort((a, b) => b.size - a.size);
  if (highest !== undefined && highest.size > 0) return highest;
  throw new TransparencyError(
    'start.refused',
    'no head of this log is known: there is nothing to come back to',
  );
}

/** What the store has left. */
interface StoreLeft {
  readonly isEmpty: boolean;
  readonly tree: WriterTree;
  readonly tallies: Tallies;
  /** The newest signed head that it holds. */
  readonly newest: HeadRow | null;
}

async function readStore(options: RestoreOptions): Promise<StoreLeft> {
  const { store, origin, type, keys } = options;
  // Without the guard: what it says of this tree is what is to be mended.
  const recovered = await recover(store, null, { origin, type, keys, wasClosed: false });
  if (recovered.kind === 'new') {
    const tree = { builder: new TreeBuilder(), sequence: 0, commitRow: undefined };
    const tallies = { ids: emptyTally('I'), heads: emptyTally('S') };
    return { isEmpty: true, tree, tallies, newest: null };
  }
  const { tree } = recovered;
  if (tree === null || isCorrupt(recovered)) {
    const why = recovered.halt === null ? '' : recovered.halt.detail;
    throw new TransparencyError(
      'store.corrupt',
      `${why}: what is left is not to be built upon. Move the store away and restore into an empty one`,
    );
  }
  const tallies = { ids: await readTally(store, 'I'), heads: await readTally(store, 'S') };
  return { isEmpty: false, tree, tallies, newest: recovered.signed };
}

function isCorrupt(recovered: Recovered): boolean {
  return recovered.kind === 'halted' && recovered.halt.reason === 'corrupt';
}

/** Do store or guard lack a head that was signed, though no entry is missing? */
function isMissing({ newest }: StoreLeft, guarded: GuardState | null, target: KnownHead): boolean {
  if (newest === null || guarded === null) return true;
  return newest.size < target.size || guarded.size < target.size || guarded.timeMs < newest.timeMs;
}

/**
 * A head that the guard never knew was signed by somebody else, or the guard itself was put back. No program can tell
 * the two apart: with a stolen key, coming back to such a head would serve the thief's tree.
 */
function checkGuardKnows(guarded: GuardState | null, target: KnownHead): void {
  if (guarded !== null && guarded.size >= target.size) return;
  throw new TransparencyError(
    'start.refused',
    `${target.by} holds a head of ${target.size} entries, and the guard knows ${guarded?.size ?? 'none'}: either the guard was ` +
      'put back too, or the key is stolen. If you know that the guard is old or new, say --guard-was-restored; if not, ' +
      'the log retires (deploy/runbooks/evidence.md)',
  );
}

/** Every head that our key signed must be in the tree. */
async function checkHeads(
  tiles: TileSource,
  heads: readonly KnownHead[],
  size: number,
): Promise<void> {
  for (const head of heads) {
    const isIn = head.size <= size && equalBytes(await readRoot(tiles, head.size), head.rootHash);
    if (isIn) continue;
    throw new TransparencyError(
      'checkpoint.fork',
      `the head of ${head.size} entries that ${head.by} holds is not in the tree to come back to: the log was forked, and can only retire (deploy/runbooks/evidence.md)`,
    );
  }
}

/** Leaf 0 of the tree says whose it is: the same log, with both keys. */
async function checkGenesis(
  tiles: TileSource,
  target: KnownHead,
  options: RestoreOptions,
): Promise<void> {
  const bundle = { index: 0, width: Math.min(TILE_WIDTH, target.size) };
  const [tile] = await tiles.readTiles([{ level: 0, ...bundle }]);
  const [bytes] = await options.source.bundles.readBundles([bundle]);
  if (tile === undefined || bytes === undefined) {
    throw new TransparencyError('bundle.not-found', 'the source has no bundle 0');
  }
  const [leaf] = openBundle({ bundle, bytes, tile });
  const genesis = parseGenesis(leaf ?? new Uint8Array(0));
  const { origin, keys, signer } = options;
  const isOurs =
    genesis.origin === origin &&
    genesis.keys.ed25519 === formatVkey(keys.log) &&
    genesis.keys.p256 === base64(signer.p256PublicKey);
  if (isOurs) return;
  throw new TransparencyError(
    'genesis.malformed',
    `the tree begins as ${genesis.origin} with other keys than those of ${origin}`,
  );
}

/** Guard first, then the row: as after any head. The tree is the signed one, so this signs no second root. */
async function signAgain(
  { store, guard, signer, clock }: RestoreOptions,
  { size, rootHash }: KnownHead,
  { newest, tallies }: StoreLeft,
): Promise<void> {
  const timing = { observer: null, stopwatch: () => 0 };
  // Behind the time of every head that is known here, also where the guard forgot one.
  const later = (): number => Math.max(clock(), (newest?.timeMs ?? -1) + 1);
  const parts = { store, guard, signer, clock: later, tallies, timing };
  // Whoever saw a later head than the published one of this store would take it for a rollback. So nothing is shown
  // until the head that was come back to is: the start shows it to the witnesses first, where there are any.
  await store.write({ changes: [{ key: PUBLISHED_KEY, value: null }], flush: true });
  await new HeadMaking(parts, await guard.read(), newest).sign({ size, rootHash }, 'none');
}

function ownTiles(store: Store, { builder }: WriterTree): TileSource {
  const reader = new Reader({ store, builder, cacheBytesMax: 16_777_216 });
  return {
    readTiles: (tiles) => Promise.all(tiles.map((tile) => reader.tile(tile, builder.size))),
  };
}
