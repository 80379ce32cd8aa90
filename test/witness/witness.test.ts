import { describe, expect, it } from 'vitest';
import { originHash } from '../../src/core/add-checkpoint.ts';
import { base64 } from '../../src/core/base64.ts';
import { concat, utf8 } from '../../src/core/bytes.ts';
import { formatCheckpoint } from '../../src/core/checkpoint.ts';
import { parseCosignature } from '../../src/core/cosignature.ts';
import { TransparencyError } from '../../src/core/error.ts';
import { formatNote, parseNote } from '../../src/core/note.ts';
import { memoryWitnessStore } from '../../src/storage/memory-witness-store.ts';
import type { WitnessStore } from '../../src/witness/ports.ts';
import { RequestQuota } from '../../src/witness/request-quota.ts';
import { signedLog } from '../support/signed-log.ts';
import { testWitness, testWitnessKey } from '../support/test-witness.ts';

const log = signedLog('unit');
const hash = originHash(log.origin);

function timeOf(note: Uint8Array | null): number {
  const line = parseNote(note ?? utf8('')).signatures.at(-1);
  return parseCosignature(line?.signature ?? new Uint8Array(0)).timestampSeconds;
}

describe('createWitness', () => {
  it('knows a log from the moment it is added', async () => {
    const { witness, add } = testWitness();
    expect((await witness.addCheckpoint(log.request(0, 3))).kind).toBe('unknown-log');
    await add(log);
    expect((await witness.addCheckpoint(log.request(0, 3))).kind).toBe('cosigned');
  });

  it('knows a second key of a log from the moment it is added', async () => {
    const { witness, add, store } = testWitness();
    await add(log);
    const next = signedLog('next-key');
    const text = formatCheckpoint(log.checkpoint(3));
    const note = formatNote({ text, signatures: [next.line(text)] });
    const body = utf8(`old 0\n\n${new TextDecoder().decode(note)}`);
    expect((await witness.addCheckpoint(body)).kind).toBe('not-signed');
    await store.addLog({ key: next.key, origin: log.origin, requestsPerDay: 1_000, contact: 'x' });
    expect((await witness.addCheckpoint(body)).kind).toBe('cosigned');
  });

  it('stores before it answers, and answers nothing that it could not store', async () => {
    const inner = memoryWitnessStore();
    let fails = true;
    const store: WitnessStore = {
      ...inner,
      async advance(...args) {
        if (fails) throw new TransparencyError('store.failed', 'no space');
        await inner.advance(...args);
      },
    };
    const { witness, add } = testWitness('witness.test/w', { store });
    await add(log);
    await expect(witness.addCheckpoint(log.request(0, 3))).rejects.toMatchObject({
      code: 'store.failed',
    });
    expect(await witness.monitored(hash)).toBeNull();
    fails = false;
    expect((await witness.addCheckpoint(log.request(0, 3))).kind).toBe('cosigned');
  });

  it('looks again when another process was first', async () => {
    const inner = memoryWitnessStore();
    const store: WitnessStore = {
      ...inner,
      async advance(which, from, note) {
        // Another witness on the same folder cosigns size 5 in between, once.
        if (from === 1) await inner.advance(which, 1, log.note(5));
        await inner.advance(which, from, note);
      },
    };
    const { witness, add } = testWitness('witness.test/w', { store });
    await add(log);
    await witness.addCheckpoint(log.request(0, 3));
    expect(await witness.addCheckpoint(log.request(3, 4))).toEqual({ kind: 'stale', size: 5 });
  });

  it('tells no time before the last one, and none at all when its clock is far behind', async () => {
    const test = testWitness();
    await test.add(log);
    await test.witness.addCheckpoint(log.request(0, 3));
    const first = timeOf(await test.witness.monitored(hash));
    test.nowMs -= 30_000;
    expect((await test.witness.addCheckpoint(log.request(3, 4))).kind).toBe('cosigned');
    expect(timeOf(await test.witness.monitored(hash))).toBe(first);
    test.nowMs -= 31_000;
    expect((await test.witness.addCheckpoint(log.request(4, 5))).kind).toBe('clock-behind');
    test.nowMs += 90_000;
    expect((await test.witness.addCheckpoint(log.request(4, 5))).kind).toBe('cosigned');
    expect(timeOf(await test.witness.monitored(hash))).toBe(first + 29);
  });

  it('answers whoever replays the last head, and writes once in ten seconds at most', async () => {
    const inner = memoryWitnessStore();
    let writes = 0;
    const store: WitnessStore = {
      ...inner,
      advance: (...args) => {
        writes += 1;
        return inner.advance(...args);
      },
    };
    const test = testWitness('witness.test/w', { store });
    await test.add(log, 1);
    const first = await test.witness.addCheckpoint(log.request(0, 3));
    for (let i = 0; i < 500; i++) {
      expect(await test.witness.addCheckpoint(log.request(3, 3))).toEqual(first);
    }
    expect(writes).toBe(1);
    // Cosigned anew, with the time of now: this is what the log itself asks for now and then.
    test.nowMs += 10_000;
    expect((await test.witness.addCheckpoint(log.request(3, 3))).kind).toBe('cosigned');
    expect([writes, timeOf(await test.witness.monitored(hash))]).toEqual([2, test.nowMs / 1_000]);
    // As of a clock that went back, its time is never before the last one.
    test.nowMs -= 40_000;
    expect((await test.witness.addCheckpoint(log.request(3, 3))).kind).toBe('cosigned');
    test.nowMs -= 40_000;
    expect((await test.witness.addCheckpoint(log.request(3, 3))).kind).toBe('clock-behind');
    expect(writes).toBe(2);
  });

  it('gives a line of each key, though the last head was cosigned with fewer', async () => {
    const store = memoryWitnessStore();
    const [a, b] = [testWitnessKey('a.test'), testWitnessKey('b.test')];
    const one = testWitness('a.test', { store, keys: [a] });
    await one.add(log);
    await one.witness.addCheckpoint(log.request(0, 3));
    const both = testWitness('a.test', { store, keys: [a, b] });
    const answer = await both.witness.addCheckpoint(log.request(3, 3));
    expect(answer.kind === 'cosigned' && answer.lines.split('\n').length).toBe(3);
  });

  it('stops a log that grows at its quota, and still tells it the size and its last line', async () => {
    const test = testWitness();
    await test.add(log, 1);
    for (let size = 1; size <= 60; size++) {
      expect((await test.witness.addCheckpoint(log.request(size - 1, size))).kind).toBe('cosigned');
    }
    const response = await test.post(log.request(60, 61));
    expect(response.status).toBe(429);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(80_000);
    expect(await test.witness.addCheckpoint(log.request(0, 61))).toEqual({
      kind: 'stale',
      size: 60,
    });
    expect((await test.witness.addCheckpoint(log.request(60, 60))).kind).toBe('cosigned');
    expect(test.witness.figures.answers).toMatchObject({ cosigned: 61, limited: 1, stale: 1 });
  });

  it('lets a log grow, whatever strangers do with the heads that it signed', async () => {
    const test = testWitness();
    await test.add(log, 1);
    await test.witness.addCheckpoint(log.request(0, 3));
    // An old head, a wrong proof, an old size that never was: all that can be made of public heads.
    const wrong = utf8(`old 3\n${base64(new Uint8Array(32))}\n\n`);
    const hostile = [
      log.request(0, 2),
      log.request(0, 3),
      concat(wrong, log.note(4)),
      concat(wrong, log.note(3)),
    ];
    const kinds = new Set<string>();
    for (let i = 0; i < 400; i++) {
      const body = hostile[i % hostile.length] ?? utf8('');
      kinds.add((await test.witness.addCheckpoint(body)).kind);
    }
    expect(kinds).toEqual(new Set(['stale', 'inconsistent', 'limited']));
    expect((await test.witness.addCheckpoint(log.request(3, 4))).kind).toBe('cosigned');
    // A wrong proof is a reason to ask, and no proof.
    const names = (await test.witness.evidenceNames(hash)) ?? [];
    expect(names.every((name) => name.startsWith('refused-'))).toBe(true);
  });

  it('counts no stranger against the quota of a log', async () => {
    const test = testWitness();
    await test.add(log, 1);
    const text = formatCheckpoint(log.checkpoint(3));
    const note = formatNote({ text, signatures: [signedLog('stranger').line(text)] });
    const body = utf8(`old 0\n\n${new TextDecoder().decode(note)}`);
    for (let i = 0; i < 100; i++) {
      expect((await test.witness.addCheckpoint(body)).kind).toBe('not-signed');
    }
    expect((await test.witness.addCheckpoint(log.request(0, 3))).kind).toBe('cosigned');
  });

  it('shows its figures as metrics', async () => {
    const test = testWitness();
    await test.add(log);
    await test.post(log.request(0, 3));
    await test.post(log.request(0, 4));
    const text = await (await test.app.request('/metrics')).text();
    expect(text).toContain('varve_witness_answers_total{answer="cosigned"} 1');
    expect(text).toContain('varve_witness_answers_total{answer="stale"} 1');
    expect(text).toContain(`varve_witness_head_size_entries{origin="${log.origin}"} 3`);
    expect(await (await test.app.request('/healthz')).text()).toBe('ok\n');
  });
});

describe('RequestQuota', () => {
  it('fills evenly, to its brim and no further', () => {
    let now = 0;
    const quota = new RequestQuota(() => now);
    const perDay = 86_400;
    for (let i = 0; i < 60; i++) expect(quota.take('a', perDay)).toBe(0);
    expect(quota.take('a', perDay)).toBe(1_000);
    expect(quota.take('b', perDay)).toBe(0);
    now += 1_500;
    expect(quota.take('a', perDay)).toBe(0);
    expect(quota.take('a', perDay)).toBe(500);
    now += 86_400_000;
    for (let i = 0; i < 60; i++) expect(quota.take('a', perDay)).toBe(0);
    expect(quota.take('a', perDay)).toBeGreaterThan(0);
  });

  it('takes no harm from a clock that goes back', () => {
    let now = 10_000;
    const quota = new RequestQuota(() => now);
    for (let i = 0; i < 60; i++) quota.take('a', 86_400);
    now = 0;
    expect(quota.take('a', 86_400)).toBe(1_000);
    now = 1_000;
    expect(quota.take('a', 86_400)).toBe(0);
  });
});
