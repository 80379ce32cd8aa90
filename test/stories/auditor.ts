import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Fetch, openLogClient } from '../../src/client/client.ts';
import { type LookupResult, lookup } from '../../src/client/lookup-client.ts';
import { lookupPolicyOf } from '../../src/client/lookup-policy.ts';
import { utf8, utf8Text } from '../../src/core/bytes.ts';
import { leafHash } from '../../src/core/hash.ts';
import type { Policy } from '../../src/core/policy.ts';
import { type EventLeaf, parseLeaf } from '../../src/event/leaf.ts';
import { parseLookupKey } from '../../src/event/map.ts';
import { runVarve } from '../e2e/serve/asked.ts';
import type { Site } from './site.ts';

/** An entry that a lookup found, verified. */
export interface FoundEvent extends EventLeaf {
  readonly index: number;
}

/** What an auditor carries home: the replies that a lookup was answered with, byte for byte. */
export interface Carried {
  readonly key: string;
  readonly url: string;
  readonly replies: ReadonlyMap<string, readonly Uint8Array[]>;
}

/** Looks a key up under the policy, and keeps every reply. */
export async function lookUp(
  site: Site,
  key: string,
): Promise<{ readonly result: LookupResult; readonly carried: Carried }> {
  const { url, policy } = site;
  await site.indexed(key, 0);
  const replies = new Map<string, Uint8Array[]>();
  const keeping: Fetch = async (path, init) => {
    const reply = await fetch(path, init);
    const bytes = new Uint8Array(await reply.arrayBuffer());
    // What was not there is asked for again in vain.
    if (reply.status === 200) replies.set(path, [...(replies.get(path) ?? []), bytes]);
    return new Response(bytes, { status: reply.status, headers: reply.headers });
  };
  const result = await lookUpBy(keeping, { url, policy, key });
  return { result, carried: { key, url, replies } };
}

/**
 * Verifies a carried lookup anew, with the policy and nothing else: no server is asked.
 *
 * @param change  what a forger makes of a reply on the way
 * @throws {TransparencyError} where it proves nothing
 */
export async function verifyAgain(
  carried: Carried,
  policy: Policy,
  change: (url: string, bytes: Uint8Array) => Uint8Array = (_, bytes) => bytes,
): Promise<LookupResult> {
  const { url, key } = carried;
  const left = new Map([...carried.replies].map(([path, bytes]) => [path, [...bytes]]));
  const offline: Fetch = async (path) => {
    const of = left.get(path) ?? [];
    // The last one stays: a forgery may make the client ask once more.
    const bytes = of.length > 1 ? of.shift() : of[0];
    if (bytes === undefined) return new Response(null, { status: 404 });
    return new Response(new Uint8Array(change(path, bytes)));
  };
  return await lookUpBy(offline, { url, policy, key });
}

/** For `verifyAgain`: an answer of the index that leaves one posting out. */
export function withoutPosting(url: string, bytes: Uint8Array, index: number): Uint8Array {
  if (!url.includes('/lookup?')) return bytes;
  const answer = JSON.parse(utf8Text(bytes)) as { readonly page: { indices: number[] } | null };
  if (answer.page === null) return bytes;
  const indices = answer.page.indices.filter((one) => one !== index);
  return utf8(JSON.stringify({ ...answer, page: { ...answer.page, indices } }));
}

/** The events of a lookup, under its index head and behind it, in the order of the log. */
export function eventsOf({ events, tail }: LookupResult): readonly FoundEvent[] {
  return [...events, ...(tail ?? [])].flatMap(({ index, entry }) => {
    const leaf = parseLeaf(entry);
    return leaf.v === 'nhi.leaf/1' ? [{ ...leaf, index }] : [];
  });
}

/** What `varve verify --json` says of an entry, from files alone. */
export interface Verdict {
  readonly holds: boolean;
  readonly code?: string;
  readonly index: number;
  readonly notBefore: string | null;
  readonly notAfter: string | null;
  readonly claimed: { readonly time: string; readonly isInside: boolean | null } | null;
  readonly notProven: readonly string[];
  readonly cosignatures: readonly unknown[];
}

/** The files of an entry: the leaf, its proof, and the policy are all that a verifier needs. */
export interface ProofFiles {
  readonly leaf: string;
  readonly proof: string;
}

/** Takes the proof of an entry home. */
export async function takeProof(site: Site, event: { index: number }): Promise<ProofFiles> {
  const { url, policy, work } = site;
  const client = openLogClient({ url, policy });
  const bytes = await client.entry(event.index);
  const proof = await client.proofFile({ leafIndex: event.index, leafHash: leafHash(bytes) });
  const folder = join(work, 'home');
  mkdirSync(folder, { recursive: true });
  const files = {
    leaf: join(folder, `${event.index}.leaf`),
    proof: join(folder, `${event.index}.tlog-proof`),
  };
  writeFileSync(files.leaf, bytes);
  writeFileSync(files.proof, proof.bytes);
  return files;
}

/** Verifies an entry by the command line, in a process that reads these files and nothing else. */
export async function verifyFiles(
  site: Pick<Site, 'policyFile'>,
  files: ProofFiles,
  more: readonly string[] = [],
): Promise<Verdict> {
  const trust = ['--policy', site.policyFile];
  const args = ['verify', files.proof, '--leaf', files.leaf, ...trust, ...more, '--json'];
  const { code, stdout, stderr } = await runVarve(args);
  if (code !== 0 && code !== 1) throw new Error(`varve verify: exit code ${code}\n${stderr}`);
  const verdict = JSON.parse(stdout) as Verdict;
  if (verdict.holds !== (code === 0)) throw new Error('exit code and verdict differ');
  return verdict;
}

async function lookUpBy(
  by: Fetch,
  asked: { readonly url: string; readonly policy: Policy; readonly key: string },
): Promise<LookupResult> {
  const { url, policy, key } = asked;
  return await lookup(
    {
      client: openLogClient({ url, policy, fetch: by, retry: ONCE }),
      location: { url, fetch: by, retry: ONCE },
      policy: lookupPolicyOf(policy, {}),
      nowSeconds: () => 0,
    },
    { key: parseLookupKey(key) },
  );
}

const ONCE = { attemptsMax: 1 };
