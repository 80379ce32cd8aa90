import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Fetch, fetchBounded } from '../client/http-fetch.ts';
import { originHash } from '../core/add-checkpoint.ts';
import { openCheckpoint } from '../core/checkpoint.ts';
import { isTransparencyError } from '../core/error.ts';
import type { Policy } from '../core/policy.ts';
import { everyQuorumContains } from '../core/quorum.ts';
import type { VerifierKey } from '../core/vkey.ts';
import type { Store } from '../log/ports.ts';
import type { KnownHead } from '../log/restore.ts';
import { keysOf } from '../log/rows.ts';
import { codeOf } from '../storage/folder.ts';
import { readNamedFile } from './named-file.ts';

/**
 * The head of a note, if the log's key signed it: what others wrote in it does not matter.
 *
 * @throws {TransparencyError} note.*, checkpoint.*
 */
export function knownHeadOf(note: Uint8Array, logKey: VerifierKey, by: string): KnownHead {
  const { size, rootHash } = openCheckpoint(note, { logKey, allowExtensions: true });
  return { size, rootHash, by };
}

/** Heads in notes that an operator names; each must be signed. @throws {TransparencyError} note.*, checkpoint.* */
export async function headsOfFiles(
  files: readonly string[],
  logKey: VerifierKey,
): Promise<readonly KnownHead[]> {
  const heads: KnownHead[] = [];
  for (const file of files) heads.push(knownHeadOf(await readNamedFile(file), logKey, file));
  return heads;
}

/** Heads that were shown to the log while it ran and that its tree did not contain: rows of the store, and files. */
export async function headsOfEvidence(
  places: { readonly store: Store; readonly dir: string },
  logKey: VerifierKey,
): Promise<readonly KnownHead[]> {
  const rows = await places.store.scan({ ...keysOf('F'), limit: 1_024 });
  const notes = [...rows.map(({ value }) => value), ...(await notesIn(places.dir))];
  return notes.flatMap((note) => signedHead(note, logKey, 'kept evidence'));
}

async function notesIn(dir: string): Promise<readonly Uint8Array[]> {
  try {
    const names = (await readdir(dir)).filter((name) => name.endsWith('.note')).sort();
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
  logKey: VerifierKey,
  fetch: Fetch,
): Promise<WitnessedHeads> {
  const asked = await Promise.all(
    policy.witnesses.map(async ({ name, url }) => ({
      name,
      ...(url === null
        ? { heads: [], why: 'the policy tells no URL' }
        : await headOfWitness(`${url.replace(/\/+$/, '')}/${originHash(logKey.name)}/checkpoint`, {
            name,
            logKey,
            fetch,
          })),
    })),
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
  {
    name,
    logKey,
    fetch,
  }: { readonly name: string; readonly logKey: VerifierKey; readonly fetch: Fetch },
): Promise<{ readonly heads: readonly KnownHead[]; readonly why: string }> {
  try {
    const replyBytesMax = NOTE_BYTES_READ_MAX;
    const reply = await fetchBounded({ fetch, url, replyBytesMax, timeoutMs: WITNESS_TIMEOUT_MS });
    if (reply.status !== 200) return { heads: [], why: `${url} answered ${reply.status}` };
    return { heads: [knownHeadOf(reply.bytes, logKey, `witness ${name}`)], why: '' };
  } catch (error) {
    if (!isTransparencyError(error)) throw error;
    return { heads: [], why: error.message };
  }
}

/** Its head, or nothing where the log's key did not sign it. */
export function signedHead(
  note: Uint8Array,
  logKey: VerifierKey,
  by: string,
): readonly KnownHead[] {
  try {
    return [knownHeadOf(note, logKey, by)];
  } catch (error) {
    if (isTransparencyError(error)) return [];
    throw error;
  }
}
