import { openLogClient, policyOfVkey } from '../../../src/client/client.ts';
import { base64 } from '../../../src/core/base64.ts';
import { proveForkPath } from '../../../src/core/fork-path.ts';
import { proveFork } from '../../../src/core/fork-proof.ts';
import { proveInclusion } from '../../../src/core/prover.ts';
import { parseVkey } from '../../../src/core/vkey.ts';
import { createApp, limitsOf } from '../../../src/http/http.ts';
import type { Evidence } from '../../../src/log/evidence.ts';
import type { Log, SignedHead } from '../../../src/log/log.ts';
import type { HeadSigner } from '../../../src/log/ports.ts';
import { signedLog } from '../../support/signed-log.ts';
import { ANYONE, openTestLog, testEvent } from '../../support/test-log.ts';
import { testSigner } from '../../support/test-signer.ts';
import { testWitness } from '../../support/test-witness.ts';

/** A fork proof, and the keys that it is to be held against. */
export interface ForkFile {
  readonly name: string;
  readonly vkey: string;
  /** Base64 of the DER SubjectPublicKeyInfo. */
  readonly p256: string;
  readonly bytes: Uint8Array;
}

/** Proofs of real forks: two logs of one key, and whoever meets both. */
export async function realForks(): Promise<readonly ForkFile[]> {
  return [
    await shownToTheLog(300, 700),
    await shownToTheLog(256, 257),
    await metByReader(513, 900),
    await metByReader(40, 40),
    await metByWitness(),
    await ofTwoFaces(),
  ];
}

/** A log of `size` entries, of which the last tell it from every other one. */
async function logOf(
  signer: HeadSigner,
  { size, name }: { readonly size: number; readonly name: string },
  onEvidence: (evidence: Evidence) => void = () => {},
): Promise<{ readonly log: Log; readonly head: SignedHead }> {
  const log = await openTestLog({ signer, onEvidence, clock: () => 1_800_000_000_000 });
  const events = Array.from({ length: size - 1 }, (_, i) => testEvent(`${name}-${i}`));
  await log.submit(events, ANYONE);
  return { log, head: await log.waitPublished(size, AbortSignal.timeout(10_000)) };
}

function fileOf(name: string, log: Log, bytes: Uint8Array | null | undefined): ForkFile {
  if (bytes === null || bytes === undefined) throw new Error(`${name}: no proof`);
  return { name, vkey: log.vkey, p256: base64(log.p256PublicKey), bytes };
}

async function shownToTheLog(small: number, large: number): Promise<ForkFile> {
  const signer = testSigner();
  const found: Evidence[] = [];
  const one = await logOf(signer, { size: large, name: 'one' }, (evidence) => found.push(evidence));
  const other = await logOf(signer, { size: small, name: 'other' });
  await one.log.reportSeen(other.head.note);
  await one.log.close();
  await other.log.close();
  return fileOf(
    `a log that met its other head, ${small} and ${large}`,
    one.log,
    found[0]?.forkProof,
  );
}

async function metByReader(first: number, second: number): Promise<ForkFile> {
  const signer = testSigner();
  const one = await logOf(signer, { size: first, name: 'one' });
  const other = await logOf(signer, { size: second, name: 'other' });
  let log = one.log;
  const client = openLogClient({
    url: 'http://localhost:6962/main',
    policy: policyOfVkey(log.vkey),
    fetch: async (url, init) => {
      const logger = { info() {}, warn() {}, error() {} };
      const parts = { random: () => 0.5, now: () => 0, logger, limits: limitsOf() };
      return await createApp({ logs: new Map([['main', log]]), ...parts }).request(url, init);
    },
  });
  await client.checkpoint();
  log = other.log;
  await client.checkpoint().catch(() => undefined);
  await one.log.close();
  await other.log.close();
  const name = `what a reader met, ${first} and ${second}`;
  return fileOf(name, one.log, client.conflicts[0]?.proof);
}

async function metByWitness(): Promise<ForkFile> {
  const [log, fork] = [signedLog('forked'), signedLog('forked', 1)];
  const witness = testWitness();
  await witness.add(log);
  await witness.post(log.request(0, 21));
  const { status } = await witness.post(fork.request(21, 34));
  if (status !== 422) throw new Error(`the witness answered ${status}`);
  const [hash = ''] = await witness.store.logs();
  const [name = ''] = await witness.store.evidenceNames(hash);
  const bytes = await witness.store.evidence(hash, name);
  if (bytes === null || !name.startsWith('fork-')) throw new Error(`no fork proof: ${name}`);
  // It knows no P-256 key; any other one does no harm.
  return {
    name: 'what a witness keeps',
    vkey: log.vkey,
    p256: base64(testSigner().p256PublicKey),
    bytes,
  };
}

/** The checkpoint of one tree and the RFC 6962 head of another: the genesis leaf binds the keys. */
async function ofTwoFaces(): Promise<ForkFile> {
  const signer = testSigner();
  const small = await logOf(signer, { size: 90, name: 'one' });
  const large = await logOf(signer, { size: 200, name: 'other' });
  const { log, head } = large;
  const { size, rootHash, timeMs, treeHeadSignature: signature } = small.head;
  const bytes = proveFork(
    {
      heads: [
        { face: 'tree-head', head: { size, rootHash, timeMs }, signature },
        { face: 'checkpoint', note: head.note },
      ],
      path: await proveForkPath(log.tiles, { first: size, second: head.size }),
      binding: {
        genesis: await log.readEntry(0),
        path: await proveInclusion(log.tiles, { leafIndex: 0, treeSize: head.size }),
      },
    },
    { logKey: parseVkey(log.vkey), p256PublicKey: log.p256PublicKey },
  );
  await small.log.close();
  await log.close();
  return fileOf('a checkpoint and a tree head', log, bytes);
}
