import { describe, expect, test } from 'vitest';
import { base64 } from '../../src/core/base64.ts';
import { utf8 } from '../../src/core/bytes.ts';
import { openCheckpoint, signCheckpoint } from '../../src/core/checkpoint.ts';
import { formatForkHead } from '../../src/core/fork-head.ts';
import { checkForkProof } from '../../src/core/fork-proof.ts';
import { formatNote, parseNote } from '../../src/core/note.ts';
import { treeHeadInput } from '../../src/core/tree-head.ts';
import { parseVkey } from '../../src/core/vkey.ts';
import { parseLeaf } from '../../src/event/leaf.ts';
import type { Evidence } from '../../src/log/evidence.ts';
import type { Log } from '../../src/log/log.ts';
import type { Store } from '../../src/log/ports.ts';
import { memoryGuard, memoryStore } from '../../src/storage/storage.ts';
import { keepOpen } from '../support/keep-open.ts';
import { scriptedCosigner } from '../support/scripted-cosigner.ts';
import { ANYONE, openTestLog, testEvent } from '../support/test-log.ts';
import { testSigner } from '../support/test-signer.ts';

const soon = (): AbortSignal => AbortSignal.timeout(5_000);
const limits = { witnessIntervalMs: 5 };

function ports() {
  return { store: keepOpen(memoryStore()), guard: keepOpen(memoryGuard()), signer: testSigner() };
}

async function add(log: Log, id: string): Promise<number> {
  const [outcome] = await log.submit([testEvent(id)], ANYONE);
  if (outcome?.kind !== 'appended') throw new Error('not appended');
  return outcome.receipt.index;
}

describe('a log with witnesses', () => {
  test('publishes a head with the cosignatures of its quorum, and no second line of one key', async () => {
    const cosigner = scriptedCosigner(3, '2');
    const log = await openTestLog({ ...ports(), cosigner, limits });
    const index = await add(log, 'a');
    const head = await log.waitPublished(index + 1, soon());
    const opened = openCheckpoint(head.note, {
      logKey: parseVkey(log.vkey),
      policy: cosigner.policy,
    });
    expect(opened.cosignatures.map(({ name }) => name)).toEqual(['w0', 'w1', 'w2']);
    expect(parseNote(head.note).signatures[0]?.name).toBe(log.origin);
    await log.close();
  });

  test('shows nothing while the quorum is missing, and goes on admitting', async () => {
    const cosigner = scriptedCosigner(3, '2');
    cosigner.answering = new Set(['w0']);
    const log = await openTestLog({ ...ports(), cosigner, limits });
    for (const id of ['a', 'b', 'c']) await add(log, id);
    await expect.poll(() => cosigner.offered.length).toBeGreaterThan(5);
    expect(log.published).toBeNull();
    await expect(log.readEntry(0)).rejects.toMatchObject({ code: 'entry.not-found' });
    await expect(log.headOf(1)).rejects.toMatchObject({ code: 'checkpoint.not-found' });
    expect(new Set(cosigner.offered.map(({ size }) => size)).size).toBe(1);
    cosigner.answering = new Set(['w0', 'w2']);
    expect((await log.waitPublished(4, soon())).size).toBe(4);
    await log.close();
  });

  test('counts witnesses that answer in different rounds for the same head', async () => {
    const cosigner = scriptedCosigner(2, 'all');
    cosigner.answering = new Set(['w0']);
    const log = await openTestLog({ ...ports(), cosigner, limits });
    await expect.poll(() => cosigner.offered.length).toBeGreaterThan(1);
    expect(log.published).toBeNull();
    cosigner.answering = new Set(['w1']);
    const head = await log.waitPublished(1, soon());
    openCheckpoint(head.note, { logKey: parseVkey(log.vkey), policy: cosigner.policy });
    await log.close();
  });

  test('publishes without a quorum where it was told to, and says so', async () => {
    const cosigner = scriptedCosigner(2, 'all');
    cosigner.answering = new Set();
    const log = await openTestLog({ ...ports(), cosigner, limits, failOpen: true });
    const index = await add(log, 'a');
    await log.waitPublished(index + 1, soon());
    expect(log.figures.unwitnessed).toBe(true);
    cosigner.answering = new Set(['w0', 'w1']);
    await add(log, 'b');
    await log.waitPublished(index + 2, soon());
    expect(log.figures.unwitnessed).toBe(false);
    await log.close();
  });

  test('signs no new head after a start before its witnesses confirm the last one', async () => {
    const parts = ports();
    const cosigner = scriptedCosigner(3, '2');
    const first = await openTestLog({ ...parts, cosigner, limits });
    await add(first, 'a');
    await first.waitPublished(2, soon());
    await first.close();

    cosigner.offered.length = 0;
    cosigner.answering = new Set(['w0']);
    const second = await openTestLog({ ...parts, cosigner, limits });
    expect(second.state).toMatchObject({ kind: 'confirming' });
    await add(second, 'b');
    await expect.poll(() => cosigner.offered.length).toBeGreaterThan(3);
    expect(cosigner.offered.every(({ by, size }) => by === 'confirm' && size === 2)).toBe(true);
    expect(second.publishedSize).toBe(2);
    cosigner.answering = new Set(['w0', 'w2']);
    expect((await second.waitPublished(3, soon())).size).toBe(3);
    await second.close();
  });

  test('says at its close that the head that was signed last never came to be stored', async () => {
    const parts = ports();
    const cosigner = scriptedCosigner(3, '2');
    const first = await openTestLog({ ...parts, cosigner, limits });
    await first.waitPublished(1, soon());
    expect(await first.close()).toBe('whole');
    const last = await parts.guard.read();
    if (last === null) throw new Error('nothing was signed');
    // A crash between the guard and the row.
    await parts.guard.advance(last, { ...last, timeMs: last.timeMs + 1 });

    cosigner.answering = new Set();
    const second = await openTestLog({ ...parts, cosigner, limits, wasClosed: false });
    expect(second.state).toMatchObject({ kind: 'confirming' });
    expect(await second.close()).toBe('unfinished');

    cosigner.answering = new Set(['w0', 'w1', 'w2']);
    const third = await openTestLog({ ...parts, cosigner, limits, wasClosed: false });
    await add(third, 'a');
    expect((await third.waitPublished(2, soon())).size).toBe(2);
    expect(await third.close()).toBe('whole');
  });

  test('closes unfinished after it halted', async () => {
    const parts = ports();
    const log = await openTestLog(parts);
    const fork = { origin: log.origin, size: 1, rootHash: new Uint8Array(32).fill(9) };
    expect(await log.reportSeen(signCheckpoint(fork, parts.signer))).toBe('evidence');
    expect(await log.close()).toBe('unfinished');
  });
});

describe('evidence', () => {
  test('halts the log, is kept, and halts every start to come', async () => {
    const parts = ports();
    const found: Evidence[] = [];
    const log = await openTestLog({ ...parts, onEvidence: (evidence) => found.push(evidence) });
    for (const id of ['a', 'b', 'c']) await add(log, id);
    const head = await log.waitPublished(4, soon());
    const fork = signCheckpoint(
      { origin: log.origin, size: 3, rootHash: new Uint8Array(32).fill(9) },
      parts.signer,
    );
    await log.reportSeen(head.note);
    await log.reportSeen(new Uint8Array([1, 2, 3]));
    await log.reportSeen(
      signCheckpoint(
        { origin: log.origin, size: 3, rootHash: new Uint8Array(32) },
        testSigner(log.origin),
      ),
    );
    expect(log.state.kind).toBe('running');
    await log.reportSeen(fork);
    expect(log.state).toMatchObject({ kind: 'halted', reason: 'evidence' });
    await expect(log.submit([testEvent('d')], ANYONE)).rejects.toMatchObject({
      code: 'log.halted',
    });
    expect(await log.readEntry(1)).toBeInstanceOf(Uint8Array);
    const proof = found[0]?.forkProof;
    if (proof === undefined || proof === null) throw new Error('no fork proof');
    checkForkProof(proof, { logKey: parseVkey(log.vkey) });
    await log.close();
    const again = await openTestLog({ ...parts, onEvidence: () => {} });
    expect(again.state).toMatchObject({ kind: 'halted', reason: 'evidence' });
    await again.close();
  });

  test('is a head beyond the tree too: a rollback that only a client noticed', async () => {
    const parts = ports();
    const log = await openTestLog({ ...parts, onEvidence: () => {} });
    await log.reportSeen(
      signCheckpoint({ origin: log.origin, size: 99, rootHash: new Uint8Array(32) }, parts.signer),
    );
    expect(log.state).toMatchObject({ kind: 'halted', reason: 'evidence' });
    await log.close();
  });

  test('is a head with lines behind its root too, which an honest log does not write', async () => {
    const parts = ports();
    const log = await openTestLog({ ...parts, onEvidence: () => {} });
    const text = utf8(`${log.origin}\n1\n${base64(new Uint8Array(32).fill(4))}\nan extension\n`);
    const { keyHash } = parseVkey(log.vkey);
    const signature = parts.signer.signNote(text);
    const line = { name: log.origin, keyHash, signature };
    expect(await log.reportSeen(formatNote({ text, signatures: [line] }))).toBe('evidence');
    await log.close();
    const again = await openTestLog({ ...parts, onEvidence: () => {} });
    expect(again.state).toMatchObject({ kind: 'halted', reason: 'evidence' });
    await again.close();
  });

  test('is a tree head of the other face, also where its time alone contradicts', async () => {
    const parts = ports();
    const found: Evidence[] = [];
    const log = await openTestLog({ ...parts, onEvidence: (evidence) => found.push(evidence) });
    await log.waitPublished(1, soon());
    // Larger than everything that was signed, and earlier than the head of size 1.
    const head = { size: 99, rootHash: new Uint8Array(32).fill(5), timeMs: 3 };
    const signature = parts.signer.signTreeHead(treeHeadInput(head));
    const shown = formatForkHead({ face: 'tree-head', head, signature });
    expect(await log.reportSeen(shown)).toBe('evidence');
    expect(await log.reportSeen(shown)).toBe('not-checked');
    const keys = { logKey: parseVkey(log.vkey), p256PublicKey: parts.signer.p256PublicKey };
    checkForkProof(found[0]?.forkProof ?? new Uint8Array(0), keys);
    await log.close();
    const again = await openTestLog({ ...parts, onEvidence: () => {} });
    expect(again.state).toMatchObject({ kind: 'halted', reason: 'evidence' });
    await again.close();
  });

  test('that cannot be kept halts the log all the same, and ends the process', async () => {
    const parts = ports();
    const cosigner = scriptedCosigner(2, 'any');
    const faults: unknown[] = [];
    const full = new Error('no space left on device');
    const { store } = parts;
    const write: Store['write'] = store.write.bind(store);
    store.write = (batch) =>
      batch.changes[0]?.key[0] === 'F'.charCodeAt(0) ? Promise.reject(full) : write(batch);
    const onFault = (error: unknown) => faults.push(error);
    const log = await openTestLog({ ...parts, cosigner, limits, onEvidence() {}, onFault });
    await log.waitPublished(1, soon());
    const rootHash = new Uint8Array(32).fill(1);
    const note = signCheckpoint({ origin: log.origin, size: 1, rootHash }, parts.signer);
    cosigner.onRound = async (tree) => {
      tree.onEvidence({ witness: 'w0', note, size: 1, rootHash });
    };
    await add(log, 'a').catch(() => {});
    await expect.poll(() => faults.includes(full)).toBe(true);
    expect(log.state).toMatchObject({ kind: 'halted', reason: 'evidence' });
    await log.close();
  });

  test('reaches the log from a witness in the middle of a round', async () => {
    const parts = ports();
    const cosigner = scriptedCosigner(2, 'any');
    const log = await openTestLog({ ...parts, cosigner, limits, onEvidence: () => {} });
    await log.waitPublished(1, soon());
    const rootHash = new Uint8Array(32).fill(1);
    const note = signCheckpoint({ origin: log.origin, size: 1, rootHash }, parts.signer);
    cosigner.onRound = async (tree) => {
      tree.onEvidence({ witness: 'w0', note, size: 1, rootHash });
    };
    await add(log, 'a');
    await expect.poll(() => log.state.kind).toBe('halted');
    await log.close();
  });
});

test('a start that will not wait names the witnesses that did not confirm, in a leaf', async () => {
  const parts = ports();
  const cosigner = scriptedCosigner(3, '2');
  const first = await openTestLog({ ...parts, cosigner, limits });
  await first.waitPublished(1, soon());
  await first.close();
  cosigner.answering = new Set(['w1']);
  const second = await openTestLog({ ...parts, cosigner, limits, startUnconfirmed: true });
  expect(second.state.kind).toBe('running');
  cosigner.answering = new Set(['w0', 'w1']);
  await second.waitPublished(2, soon());
  expect(parseLeaf(await second.readEntry(1))).toMatchObject({
    v: 'nhi.log/1',
    type: 'finding',
    body: { rule: 'start.unconfirmed', witnesses: ['w0', 'w2'] },
  });
  await second.close();
});
