import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Fetch, fetchBounded } from '../client/http-fetch.ts';
import { originHash } from '../core/add-checkpoint.ts';
import { isTransparencyError } from '../core/error.ts';
import { openForkHead, parseForkHead } from '../core/fork-head.ts';
import type { Policy } from '../core/policy.ts';
import { everyQuorumContains } from '../core/quorum.ts';
import type { Store } from '../log/ports.ts';
import type { KnownHead } from '../log/restore.ts';
import { keysOf } from '../log/rows.ts';
import type { HeadKeys } from '../log/signed-head.ts';
import { codeOf } from '../storage/folder.ts';
import type { MonitoringUrls } from './monitoring.ts';
import { readNamedFile } from './named-file.ts';

/**
 * The head of a note or of a tree head's line, if the log's keys signed it: what others wrote in it does not matter.
 *
 * @throws {TransparencyError} note.*, checkpoint.*, tree-head.bad-signature, fork-proof.malformed
 */
export function knownHeadOf(bytes: Uint8Array, keys: HeadKeys, by: string): KnownHead {
  const { log: logKey, p256PublicKey } = keys;
  const { size, rootHash } = openForkHead(parseForkHead(bytes), { logKey, p256PublicKey });
  return { size, rootHash, by };
}

/** Heads in notes that an operator names; each must be signed. @throws {TransparencyError} note.*, checkpoint.* */
export async function headsOfFiles(
  files: readonly string[],
  keys: HeadKeys,
): Promise<readonly KnownHead[]> {
  const heads: KnownHead[] = [];
  for (const file of files) heads.push(knownHeadOf(await readNamedFile(file), keys, file));
  return heads;
}

/** Heads that were shown to the log while it ran and that its tree did not contain: rows of the store, and files. */
export async function headsOfEvidence(
  places: { readonly store: Store; readonly dir: string },
  keys: HeadKeys,
): Promise<readonly KnownHead[]> {
  const rows = await places.store.scan({ ...keysOf('F'), limit: 1_024 });
  const notes = [...rows.map(({ value }) => value), ...(await notesIn(places.dir))];
  return notes.flatMap((note) => signedHead(note, keys, 'kept evidence'));
}

async function notesIn(dir: string): Promise<readonly Uint8Array[]> {
  try {
    const names = (await readdir(dir)).filter((name) => /\.(?:note|tree-head)$/.test(name)).sort();
    return await Promise.all(names.map(async (name) => readFile(join(dir, name))));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** What the witnesses of a policy show on their monitoring endpoints. */
export interface WitnessedHeads {
  readonly heads: readonly KnownHead[];
  /** Names of those that showed nothing that the log signed, and why. */
  readonly silent: readonly string[];
  /** No quorum can be formed without one of those that answered: no published head is above these. */
  readonly isComplete: boolean;
}

/** Asks every witness for the last head that it cosigned. */
export async function headsOfWitnesses(
  policy: Policy,
  keys: HeadKeys,
  reach: { readonly fetch: Fetch; readonly monitoringUrls: MonitoringUrls },
): Promise<WitnessedHeads> {
  const asked = await Promise.all(
    policy.witnesses.map(async ({ name, url }) => {
      const prefix = reach.monitoringUrls.get(name) ?? url?.replace(/\/+$/, '');
      if (prefix === undefined) return { name, heads: [], why: 'the policy tells no URL' };
      const note = `${prefix}/${originHash(keys.log.name)}/checkpoint`;
      return { name, ...(await headOfWitness(note, { name, keys, fetch: reach.fetch })) };
    }),
  );
  const answered = asked.filter(({ heads }) => heads.length > 0).map(({ name }) => name);
  return {
    heads: asked.flatMap(({ heads }) => heads),
    silent: asked.filter(({ heads }) => heads.length === 0).map((one) => `${one.name}: ${one.why}`),
    isComplete: everyQuorumContains(policy, answered),
  };
}

const NOTE_BYTES_READ_MAX = 131_072;
const WITNESS_TIMEOUT_MS = 10_000;

async function headOfWitness(
  url: string,
  { name, keys, fetch }: { readonly name: string; readonly keys: HeadKeys; readonly fetch: Fetch },
): Promise<{ readonly heads: readonly KnownHead[]; readonly why: string }> {
  try {
    const replyBytesMax = NOTE_BYTES_READ_MAX;
    const reply = await fetchBounded({ fetch, url, replyBytesMax, timeoutMs: WITNESS_TIMEOUT_MS });
    if (reply.status !== 200) return { heads: [], why: `${url} answered ${reply.status}` };
    return { heads: [knownHeadOf(reply.bytes, keys, `witness ${name}`)], why: '' };
  } catch (error) {
    if (!isTransparencyError(error)) throw error;
    return { heads: [], why: error.message };
  }
}

/** Its head, or nothing where the log's key did not sign it. */
export function signedHead(note: Uint8Array, keys: HeadKeys, by: string): readonly KnownHead[] {
  try {
    return [knownHeadOf(note, keys, by)];
  } catch (error) {
    if (isTransparencyError(error)) return [];
    throw error;
  }
}
