import { describe, expect, it } from 'vitest';
import { utf8, utf8Text } from '../../src/core/bytes.ts';
import { signCheckpoint } from '../../src/core/checkpoint.ts';
import { formatForkHead } from '../../src/core/fork-head.ts';
import { proveFork } from '../../src/core/fork-proof.ts';
import { treeHeadInput } from '../../src/core/tree-head.ts';
import { parseVkey } from '../../src/core/vkey.ts';
import { createApp } from '../../src/http/app.ts';
import { limitsOf } from '../../src/http/limits.ts';
import type { Evidence } from '../../src/log/evidence.ts';
import { ANYONE, openTestLog, testEvent } from '../support/test-log.ts';
import { testSigner } from '../support/test-signer.ts';

const OTHER_ROOT = new Uint8Array(32).fill(9);

/** A real log of four entries, and the app over it. */
async function site() {
  const signer = testSigner();
  const found: Evidence[] = [];
  const log = await openTestLog({ signer, onEvidence: (evidence) => found.push(evidence) });
  await log.submit(
    ['a', 'b', 'c'].map((id) => testEvent(id)),
    ANYONE,
  );
  await log.waitPublished(4, AbortSignal.timeout(5_000));
  const app = createApp({
    logs: new Map([['main', log]]),
    random: () => 0.5,
    now: Date.now,
    limits: limitsOf({}),
  });
  const post = async (body: Uint8Array, type = 'text/plain') => {
    const init = { method: 'POST', body: body.slice(), headers: { 'content-type': type } };
    const answer = await app.request('/main/evidence', init);
    const json = (await answer.json()) as { readonly verdict?: string; readonly code?: string };
    return [answer.status, json.verdict ?? json.code];
  };
  const get = async (path: string) =>
    new Uint8Array(await (await app.request(`/main/${path}`)).arrayBuffer());
  const fork = (size: number) =>
    signCheckpoint({ origin: log.origin, size, rootHash: OTHER_ROOT }, signer);
  const treeHead = (size: number, rootHash: Uint8Array, timeMs: number) => {
    const head = { size, rootHash, timeMs };
    return {
      face: 'tree-head',
      head,
      signature: signer.signTreeHead(treeHeadInput(head)),
    } as const;
  };
  return { log, signer, found, post, get, fork, treeHead };
}

describe('POST /{log}/evidence', () => {
  it('finds every head of the log contained, in either face, and halts for none', async () => {
    const { log, post, get, treeHead } = await site();
    expect(await post(await get('checkpoint'))).toEqual([200, 'contained']);
    expect(await post(await get('ct/v1/get-sth'), 'application/json')).toEqual([200, 'contained']);
    const { size = 0, rootHash = OTHER_ROOT } = log.published ?? {};
    const line = formatForkHead(treeHead(size, rootHash, 5));
    expect(utf8Text(line)).toMatch(/^head tree-head 4 5 /);
    expect(await post(line)).toEqual([200, 'contained']);
    expect(log.state.kind).toBe('running');
    await log.close();
  });

  it('halts for a checkpoint that the tree does not contain, and looks at nothing after', async () => {
    const { log, post, fork, found } = await site();
    const note = fork(3);
    expect(await post(note)).toEqual([200, 'evidence']);
    expect(log.state).toMatchObject({ kind: 'halted', reason: 'evidence' });
    expect(found[0]?.bytes).toEqual(note);
    expect(await post(note)).toEqual([503, 'log.halted']);
    await log.close();
  });

  it('halts for a tree head, as get-sth answers it, with a fork proof of that face', async () => {
    const { log, post, get, treeHead, found } = await site();
    const sth = JSON.parse(utf8Text(await get('ct/v1/get-sth')));
    const { signature } = treeHead(4, OTHER_ROOT, 7);
    const struct = Uint8Array.of(
      4,
      3,
      signature.length >>> 8,
      signature.length & 255,
      ...signature,
    );
    const forged = {
      ...sth,
      timestamp: 7,
      sha256_root_hash: Buffer.from(OTHER_ROOT).toString('base64'),
      tree_head_signature: Buffer.from(struct).toString('base64'),
    };
    const body = utf8(JSON.stringify(forged));
    expect(await post(body, 'application/json')).toEqual([200, 'evidence']);
    expect(log.state).toMatchObject({ kind: 'halted', reason: 'evidence' });
    expect(found[0]).toMatchObject({ face: 'tree-head', size: 4 });
    expect(utf8Text(found[0]?.forkProof ?? new Uint8Array(0))).toMatch(/kind same-size\nhead tree/);
    await log.close();
  });

  it('takes a fork proof apart: one of its heads is not of the tree', async () => {
    const { log, signer, post, get, fork } = await site();
    const heads = [
      { face: 'checkpoint', note: await get('checkpoint') },
      { face: 'checkpoint', note: fork(4) },
    ] as const;
    const { p256PublicKey } = signer;
    const proof = proveFork({ heads }, { logKey: parseVkey(log.vkey), p256PublicKey });
    expect(await post(proof)).toEqual([200, 'evidence']);
    await log.close();
  });

  it('refuses what no key of the log signed, and what is no head', async () => {
    const { log, post, treeHead } = await site();
    const thief = testSigner();
    const head = { origin: log.origin, size: 3, rootHash: OTHER_ROOT };
    expect(await post(signCheckpoint(head, thief))).toEqual([422, 'note.not-signed']);
    const unsigned = formatForkHead({ ...treeHead(3, OTHER_ROOT, 5), signature: OTHER_ROOT });
    expect(await post(unsigned)).toEqual([422, 'note.not-signed']);
    for (const text of ['', '\n', '\u0000', 'head tree-head 1\n', 'varve/fork-proof@v1']) {
      expect(await post(utf8(text))).toEqual([422, 'note.not-signed']);
    }
    expect(await post(utf8('varve/fork-proof@v1\nkind x\n'))).toEqual([
      400,
      'fork-proof.malformed',
    ]);
    for (const json of ['null', '[]', '{}', '7', '{"tree_size":1}']) {
      const [status] = await post(utf8(json), 'application/json');
      expect(status).toBe(400);
    }
    expect(await post(utf8('{'), 'application/json')).toEqual([400, 'json.malformed']);
    expect(await post(utf8('x'), 'image/png')).toEqual([415, 'request.bad-content-type']);
    expect(log.state.kind).toBe('running');
    await log.close();
  });
});
