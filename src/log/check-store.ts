import { sha256 } from '#sha256';
import { base64 } from '../core/base64.ts';
import { equalBytes } from '../core/bytes.ts';
import { formatVkey } from '../core/vkey.ts';
import { parseGenesis } from '../event/genesis.ts';
import { checkCommits, readLastCommit } from './check-commits.ts';
import { CustodyCheck } from './check-custody.ts';
import { EntryCheck } from './check-entries.ts';
import { HeadCheck } from './check-heads.ts';
import { IdCheck } from './check-ids.ts';
import { heldTo, lie } from './check-lie.ts';
import { checkNothingElse } from './check-surplus.ts';
import type { LogType } from './contract.ts';
import { openSeenHead } from './evidence.ts';
import type { GuardState, OpeningKeys, Store } from './ports.ts';
import { formatMeta } from './recovery.ts';
import { type CommitRow, evidenceKey, keysOf, META_KEY } from './rows.ts';
import type { HeadKeys, HeadRow } from './signed-head.ts';

/** Which log a store must hold, by whose keys, and what is known of it from elsewhere. */
export interface StoreClaim {
  readonly origin: string;
  readonly type: LogType;
  readonly keys: HeadKeys;
  /** Key of the sameness MAC; null: contents are not held against their MACs. */
  readonly samenessSecret: Uint8Array | null;
  /** Keys of its openings. Default: none are at hand, and openings are not opened. */
  readonly openingKeys?: OpeningKeys;
  /** What the guard holds; undefined: it is not at hand. */
  readonly guarded?: GuardState | null;
  /** The log was closed while it ran: no head was signed that is not stored. */
  readonly wasClosed?: boolean;
}

/** How a check is run. */
export interface CheckStoreOptions {
  /** Told after each commit, of `total` entries. */
  readonly onProgress?: (size: number, total: number) => void;
  /** Told of every entry, in order, once the root of its commit holds. */
  readonly onEntry?: (entry: Uint8Array) => void;
  readonly signal?: AbortSignal;
}

/** What was derived anew, and compared. */
export interface StoreReport {
  readonly size: number;
  readonly rootHash: Uint8Array;
  readonly commits: number;
  readonly entryBytes: number;
  readonly bundles: number;
  readonly tiles: number;
  readonly heads: number;
  readonly ids: number;
  readonly conflicts: number;
  readonly keptMarks: number;
  /** Openings that are kept, and those of them that were opened and fit. */
  readonly openings: number;
  readonly opened: number;
  /** The head that was signed last. */
  readonly newestHead: HeadRow | null;
}

/**
 * Derives everything that a stopped store holds anew, from its entries: leaf hashes, tiles, the root of every commit,
 * the rows by which events are recognised; holds the chain of commits and every signed head to them; and finds rows
 * that are missing, altered or left over. The first lie ends it, by name. (spec/6-publication.md)
 *
 * Reads everything once, in order, in bounded memory.
 *
 * @throws {TransparencyError} audit.mismatch for a row that is not what the others say; store.corrupt for one that cannot
 *   be read; faults of the store
 */
export async function checkStore(
  store: Store,
  claim: StoreClaim,
  options: CheckStoreOptions = {},
): Promise<StoreReport> {
  await checkMeta(store, claim);
  const last = await readLastCommit(store);
  const size = last?.size ?? 0;
  const entries = new EntryCheck(store, size);
  const heads = new HeadCheck(store, claim.keys);
  const ids = claim.type === 'events' ? new IdCheck(store, claim.samenessSecret) : null;
  const custody = ids && new CustodyCheck(store, claim.origin, claim.openingKeys ?? null);
  const known = await knownHeads(store, claim, size);

  let commits = 0;
  for await (const commit of checkCommits(store)) {
    options.signal?.throwIfAborted();
    if (commit.size > size) lie(`commit ${commit.sequence} is larger than the last one`);
    await checkHeads(entries, heads, known, commit.size - 1);
    await entries.growTo(commit.size);
    if (!equalBytes(entries.rootHash, commit.rootHash)) {
      await tellLie(entries, commit);
    }
    await checkHeads(entries, heads, known, commit.size);
    const grown = entries.takeEntries();
    if (grown[0]?.leafIndex === 0 && ids !== null) checkGenesis(grown[0].entry, claim);
    await ids?.check(grown);
    await custody?.check(grown);
    if (options.onEntry !== undefined) for (const { entry } of grown) options.onEntry(entry);
    commits++;
    options.onProgress?.(commit.size, size);
  }
  await checkHeads(entries, heads, known, size);
  const beyond = await heads.peek();
  if (beyond !== null) lie(`a head of ${beyond.size} entries is stored, the tree has ${size}`);
  await entries.finish();
  await heads.finish();
  await ids?.finish();
  await custody?.finish();
  await checkNothingElse(store, claim.type);
  checkGuard(claim, heads.newest, size);

  const { entryBytes, bundles, tiles, rootHash } = entries;
  const { ids: idRows, conflicts, keptMarks } = ids ?? { ids: 0, conflicts: 0, keptMarks: 0 };
  const { openings, opened } = custody ?? { openings: 0, opened: 0 };
  return {
    ...{ openings, opened },
    ...{ size, rootHash, commits, entryBytes, bundles, tiles },
    ...{ heads: heads.count, ids: idRows, conflicts, keptMarks, newestHead: heads.newest },
  };
}

async function checkMeta(store: Store, claim: StoreClaim): Promise<void> {
  const meta = await store.get(META_KEY);
  if (meta === undefined) lie('the row is missing that says of which log the store is');
  if (!equalBytes(meta, formatMeta(claim))) {
    lie(`the store is not that of ${claim.origin}, a log of type ${claim.type}`);
  }
}

/** The entries since the last commit do not give its root: names the one that was altered, if it can be told. */
async function tellLie(entries: EntryCheck, { sequence, size }: CommitRow): Promise<never> {
  const entryIndex = await entries.findLie();
  if (entryIndex === null) lie(`the entries do not give the root of commit ${sequence}`, { size });
  return lie(`entry ${entryIndex} has not the leaf hash that the tree has`, { entryIndex });
}

/** The genesis leaf names the log and both of its keys. */
function checkGenesis(entry: Uint8Array, { origin, type, keys }: StoreClaim): void {
  const genesis = heldTo('entry 0 is no genesis', () => parseGenesis(entry));
  const is =
    genesis.origin === origin &&
    genesis.type === type &&
    genesis.keys.ed25519 === formatVkey(keys.log) &&
    genesis.keys.p256 === base64(keys.p256PublicKey);
  if (!is) lie('the genesis leaf is of another log or of other keys', { entryIndex: 0 });
}

/** A head that was signed, as is known from elsewhere than its row. */
interface KnownHead {
  readonly size: number;
  readonly rootHash: Uint8Array;
  readonly what: string;
}

/** The guard's head and those of kept evidence, as far as the tree reaches, by size. */
async function knownHeads(
  store: Store,
  { guarded, keys }: StoreClaim,
  size: number,
): Promise<KnownHead[]> {
  const heads: KnownHead[] = [];
  if (guarded !== undefined && guarded !== null) {
    if (guarded.size > size) lie(`the guard knows a head of ${guarded.size}, the tree has ${size}`);
    heads.push({ ...guarded, what: 'the guard' });
  }
  for (const { key, value } of await store.scan({ ...keysOf('F'), limit: EVIDENCE_READ })) {
    const opened = openSeenHead(value, keys);
    if (opened === undefined || !equalBytes(key, evidenceKey(sha256(value)))) {
      lie('a head of evidence was altered');
    }
    if (opened.size > size) lie(`a head of ${opened.size} was signed, the tree has ${size}`);
    heads.push({ size: opened.size, rootHash: opened.rootHash, what: 'a head of evidence' });
  }
  return heads.sort((a, b) => a.size - b.size);
}

const EVIDENCE_READ = 1_024;

/** Holds the heads of at most a size, which the tree has not passed, growing it to each. */
async function checkHeads(
  entries: EntryCheck,
  heads: HeadCheck,
  known: KnownHead[],
  size: number,
): Promise<void> {
  for (;;) {
    const stored = await heads.peek();
    const other = known[0];
    const isStored = stored !== null && stored.size <= (other?.size ?? stored.size);
    const head = isStored ? stored : other;
    if (head === undefined || head.size > size) return;
    if (isStored) heads.pass();
    else known.shift();
    await entries.growTo(head.size);
    if (equalBytes(entries.rootHash, head.rootHash)) continue;
    const what = 'what' in head ? head.what : 'the stored head';
    lie(`${what} has another root at size ${head.size} than the entries`, { size: head.size });
  }
}

function checkGuard(claim: StoreClaim, newest: HeadRow | null, size: number): void {
  const { guarded, wasClosed } = claim;
  if (guarded === undefined) return;
  const storedMs = newest?.timeMs ?? -1;
  const guardedMs = guarded?.timeMs ?? -1;
  if (guardedMs < storedMs) lie(`the guard does not know the stored head of ${newest?.size}`);
  if (wasClosed === true && guardedMs > storedMs) {
    lie(`the head of ${guarded?.size ?? size} entries that was signed last is missing`);
  }
}
