import { describe, expect, it } from 'vitest';
import { openLogClient, openSubmitter, policyOfVkey } from '../../src/client/client.ts';
import { varveSeen } from '../../src/client/varve-seen.ts';
import { parseBase64url } from '../../src/core/base64.ts';
import { cosign } from '../../src/core/cosignature.ts';
import { checkForkProof } from '../../src/core/fork-proof.ts';
import { formatNote, parseNote } from '../../src/core/note.ts';
import { ed25519PublicKey, signEd25519 } from '../../src/core/signature.ts';
import { parseVkey } from '../../src/core/vkey.ts';
import { createApp, limitsOf } from '../../src/http/http.ts';
import type { Evidence } from '../../src/log/evidence.ts';
import type { Log } from '../../src/log/log.ts';
import { memoryGuard, memoryStore } from '../../src/storage/storage.ts';
import { keepOpen } from '../support/keep-open.ts';
import { ANYONE, openTestLog, testEvent } from '../support/test-log.ts';
import { testSigner } from '../support/test-signer.ts';
import { staticLog } from './static-log.ts';

describe('varveSeen', () => {
  it('cuts a note to the own line of the log', () => {
    const log = staticLog(7);
    const note = log.note();
    const { text, signatures } = parseNote(note);
    const seed = new Uint8Array(32).fill(3);
    const sign = (message: Uint8Array) => signEd25519({ message, seed });
    const witness = { name: 'w.test', ed25519PublicKey: ed25519PublicKey(seed), sign };
    const line = cosign(text, witness, 1_700_000_000);
    const cosigned = formatNote({ text, signatures: [...signatures, line] });
    const { 'varve-seen': value = '' } = varveSeen(cosigned, parseVkey(log.vkey));
    expect(parseBase64url(value)).toEqual(note);
    expect(value).not.toContain('=');
  });

  it('says nothing where nothing was seen, nothing is signed, or the value is too long', () => {
    const log = staticLog(7);
    const other = parseVkey('other.test/log+427c3201+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c');
    expect(varveSeen(null, parseVkey(log.vkey))).toEqual({});
    expect(varveSeen(log.note(), other)).toEqual({});
    const { text, signatures } = parseNote(log.note());
    const long = new TextEncoder().encode(
      `${new TextDecoder().decode(text)}${'x'.repeat(2_000)}\n`,
    );
    expect(varveSeen(formatNote({ text: long, signatures }), parseVkey(log.vkey))).toEqual({});
  });

  it('goes with every request once a head was verified', async () => {
    const log = staticLog(300);
    const seen: (string | null)[] = [];
    const fetch: typeof log.fetch = (url, init) => {
      seen.push(new Headers(init.headers).get('varve-seen'));
      return log.fetch(url, init);
    };
    const client = openLogClient({ url: log.url, policy: policyOfVkey(log.vkey), fetch });
    await client.checkpoint();
    const first = log.note();
    log.become(400);
    await client.checkpoint();
    await client.entry(3);
    expect(seen[0]).toBeNull();
    expect(parseBase64url(seen[1] ?? '')).toEqual(first);
    expect(parseBase64url(seen.at(-1) ?? '')).toEqual(log.note());
  });
});

/** A log over HTTP, without a socket. */
function fetchOf(log: Log) {
  const app = createApp({
    logs: new Map([['main', log]]),
    random: () => 0.5,
    now: () => 0,
    logger: { info() {}, warn() {}, error() {} },
    limits: limitsOf(),
  });
  return async (url: string, init: RequestInit) => app.request(url, init);
}

/** A log that a client and a submitter have read, then rolled back with its guard: as it stood at two entries. */
async function rolledBackWithGuard() {
  const signer = testSigner();
  const [store, guard] = [keepOpen(memoryStore()), keepOpen(memoryGuard())];
  const log = await openTestLog({ store, guard, signer });
  await log.submit([testEvent('a')], ANYONE);
  const copy = memoryStore();
  const everything = { from: new Uint8Array(0), to: Uint8Array.of(255), limit: 10_000 };
  await log.waitPublished(2, AbortSignal.timeout(5_000));
  const rows = await store.scan(everything);
  const guarded = await guard.read();
  await copy.write({ changes: rows, flush: true });
  const url = 'http://localhost:6962/main';
  let fetch = fetchOf(log);
  const options = {
    url,
    policy: policyOfVkey(log.vkey),
    fetch: (target: string, init: RequestInit) => fetch(target, init),
    retry: { attemptsMax: 1 },
  };
  const client = openLogClient(options);
  await log.submit([testEvent('b'), testEvent('c')], ANYONE);
  await log.waitPublished(4, AbortSignal.timeout(5_000));
  await client.checkpoint();
  await log.close();
  const evidence: Evidence[] = [];
  const again = await openTestLog({
    store: copy,
    guard: memoryGuard(guarded),
    signer,
    onEvidence: (one) => evidence.push(one),
  });
  fetch = fetchOf(again);
  return { client, options, again, evidence };
}

async function untilHalted(log: Log): Promise<void> {
  for (let i = 0; i < 200 && log.state.kind !== 'halted'; i++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a log that was rolled back together with its guard', () => {
  it('halts when a reader that saw more comes back, and the reader knows too', async () => {
    const { client, again } = await rolledBackWithGuard();
    expect(again.state.kind).toBe('running');
    await expect(client.checkpoint()).rejects.toThrow('checkpoint.rollback');
    await untilHalted(again);
    expect(again.state).toMatchObject({ kind: 'halted', reason: 'evidence' });
  });

  it('halts when a submitter that saw more comes back, with a fork proof once it signed past it', async () => {
    const { client, options, again, evidence } = await rolledBackWithGuard();
    await again.submit([testEvent('x'), testEvent('y'), testEvent('z')], ANYONE);
    await again.waitPublished(5, AbortSignal.timeout(5_000));
    const submitter = openSubmitter({ ...options, reader: client });
    await submitter.submit([testEvent('d')]).catch(() => undefined);
    await untilHalted(again);
    expect(again.state).toMatchObject({ kind: 'halted', reason: 'evidence' });
    const proof = evidence[0]?.forkProof ?? null;
    expect(proof).not.toBeNull();
    checkForkProof(proof ?? new Uint8Array(0), { logKey: client.logKey });
  });
});
