import { describe, expect, it } from 'vitest';
import { type LogClient, openLogClient } from '../../src/client/log-client.ts';
import { policyOfVkey } from '../../src/client/trust.ts';
import { utf8 } from '../../src/core/bytes.ts';
import { checkForkProof } from '../../src/core/fork-proof.ts';
import { leafHash } from '../../src/core/hash.ts';
import { checkInclusion } from '../../src/core/inclusion.ts';
import { parsePolicy } from '../../src/core/policy.ts';
import { parseVkey } from '../../src/core/vkey.ts';
import { testEntry } from '../reference/tile-store.ts';
import { ORIGIN, type StaticLog, staticLog } from './static-log.ts';

/** Keys of the seeds 01…01 and 02…02. */
const OTHER_VKEY = 'other.test/log+427c3201+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c';
const WITNESS_VKEY = 'witness.test+61c1f3c7+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU';

const retry = { attemptsMax: 2, sleep: async () => {} };

function clientOf(log: StaticLog, known?: Uint8Array): LogClient {
  const policy = policyOfVkey(log.vkey);
  return openLogClient({
    url: log.url,
    policy,
    fetch: log.fetch,
    retry,
    ...(known === undefined ? {} : { known }),
  });
}

/** The tree of `size` entries, but for one of them. */
function forge(log: StaticLog, size: number, at: number): void {
  log.become(size, (i) => (i === at ? utf8('forged') : testEntry(i)));
}

function flipped(bytes: Uint8Array, at = 0): Response {
  const lie = new Uint8Array(bytes);
  lie[at] = (lie[at] ?? 0) ^ 1;
  return new Response(lie);
}

describe('checkpoint', () => {
  it('returns the verified head and remembers the highest', async () => {
    const log = staticLog(300);
    const client = clientOf(log);
    expect(client.highest).toBeNull();
    const head = await client.checkpoint();
    expect(head).toMatchObject({ origin: ORIGIN, size: 300, rootHash: log.tree.rootHash });
    expect(client.highest).toBe(head);
  });

  it.each([
    [0, 1],
    [1, 2],
    [255, 257],
    [256, 700],
    [300, 300],
  ])('follows a log that grows from %i to %i', async (from, to) => {
    const log = staticLog(from);
    const client = clientOf(log);
    await client.checkpoint();
    log.become(to);
    expect((await client.checkpoint()).size).toBe(to);
    expect(client.highest?.size).toBe(to);
    expect(client.conflicts).toEqual([]);
  });

  it.each([
    [1, 2],
    [256, 300],
    [300, 300],
    [300, 700],
  ])('refuses a fork from %i to %i, and keeps a proof that convinces others', async (from, to) => {
    const log = staticLog(from);
    const client = clientOf(log);
    await client.checkpoint();
    forge(log, to, 0);
    await expect(client.checkpoint()).rejects.toThrow('checkpoint.fork');
    expect(client.highest?.size).toBe(from);
    const [conflict] = client.conflicts;
    expect(conflict).toMatchObject({ kind: 'fork', earlier: { size: from }, later: { size: to } });
    const proof = conflict?.proof ?? new Uint8Array(0);
    expect(() => checkForkProof(proof, { logKey: parseVkey(log.vkey) })).not.toThrow();
  });

  it('refuses a log that went back, and keeps both heads', async () => {
    const log = staticLog(300);
    const client = clientOf(log);
    await client.checkpoint();
    log.become(299);
    await expect(client.checkpoint()).rejects.toThrow('checkpoint.rollback: size 299, seen 300');
    expect(client.conflicts).toMatchObject([
      { kind: 'rollback', earlier: { size: 300 }, later: { size: 299 }, proof: null },
    ]);
    expect(client.highest?.size).toBe(300);
  });

  it('calls it a fork when a lower head contradicts tiles that are still served', async () => {
    const log = staticLog(300);
    const client = clientOf(log);
    await client.checkpoint();
    forge(log, 200, 3);
    const note = log.note();
    log.become(300);
    log.lies.set('checkpoint', () => new Response(new Uint8Array(note)));
    await expect(client.checkpoint()).rejects.toThrow('checkpoint.fork');
    const proof = client.conflicts[0]?.proof ?? new Uint8Array(0);
    expect(() => checkForkProof(proof, { logKey: parseVkey(log.vkey) })).not.toThrow();
  });

  it('starts from a head that was verified in an earlier life', async () => {
    const log = staticLog(300);
    const known = log.note();
    forge(log, 400, 7);
    await expect(clientOf(log, known).checkpoint()).rejects.toThrow('checkpoint.fork');
  });

  it('does not take a new head whose growth the log cannot show', async () => {
    const log = staticLog(300);
    const client = clientOf(log);
    await client.checkpoint();
    log.become(600);
    log.lies.set('tile/0/002.p/88', () => new Response(null, { status: 404 }));
    log.lies.set('tile/0/002', () => new Response(null, { status: 404 }));
    await expect(client.checkpoint()).rejects.toThrow('tile.not-found');
    expect(client.highest?.size).toBe(300);
  });

  it.each([
    ['of another key', (log: StaticLog) => flipped(log.note(), log.note().length - 10)],
    ['with another root', (log: StaticLog) => flipped(log.note(), 22)],
    ['that is no note', () => new Response('hello')],
    ['that is empty', () => new Response('')],
  ])('refuses a checkpoint %s', async (_, lie) => {
    const log = staticLog(3);
    log.lies.set('checkpoint', () => lie(log));
    await expect(clientOf(log).checkpoint()).rejects.toThrow(/^(note|checkpoint|bytes)\./);
  });

  it('refuses the checkpoint of another log', async () => {
    const log = staticLog(3);
    const other = policyOfVkey(OTHER_VKEY);
    const client = openLogClient({ url: log.url, policy: other, fetch: log.fetch });
    await expect(client.checkpoint()).rejects.toThrow('note.not-signed');
  });

  it('refuses a checkpoint without the quorum of its policy', async () => {
    const log = staticLog(3);
    const policy = parsePolicy(
      `log ${log.vkey}\nwitness w ${WITNESS_VKEY} https://w.test\nquorum w\n`,
    );
    const client = openLogClient({ url: log.url, policy, fetch: log.fetch });
    await expect(client.checkpoint()).rejects.toThrow('policy.quorum-not-met');
  });

  it('says when nothing is published yet', async () => {
    const log = staticLog(3);
    log.lies.set('checkpoint', () => new Response(null, { status: 404 }));
    await expect(clientOf(log).checkpoint()).rejects.toThrow('checkpoint.not-found');
  });

  it('proves heads one after another, however many callers there are', async () => {
    const log = staticLog(256);
    const client = clientOf(log);
    await client.checkpoint();
    log.become(700);
    const heads = await Promise.all(Array.from({ length: 8 }, () => client.checkpoint()));
    expect(heads.map((head) => head.size)).toEqual(new Array(8).fill(700));
    expect(client.conflicts).toEqual([]);
  });
});

describe('admit', () => {
  it('takes a head of any age that is a prefix', async () => {
    const log = staticLog(300);
    const client = clientOf(log);
    await client.checkpoint();
    expect((await client.admit(log.note(200))).size).toBe(200);
    expect(client.highest?.size).toBe(300);
  });

  it('refuses a head that is not, and keeps the proof', async () => {
    const log = staticLog(300);
    const client = clientOf(log);
    await client.checkpoint();
    forge(log, 200, 3);
    const note = log.note();
    log.become(300);
    await expect(client.admit(note)).rejects.toThrow('checkpoint.fork');
    expect(client.conflicts[0]?.proof).not.toBeNull();
  });
});

describe('entry', () => {
  it.each([0, 255, 256, 299])('returns the exact bytes of entry %i', async (index) => {
    const log = staticLog(300);
    expect(await clientOf(log).entry(index)).toEqual(testEntry(index));
  });

  it('reads the bundle where a log serves no single entries', async () => {
    const log = staticLog(300);
    log.lies.set('entries/257', () => new Response(null, { status: 404 }));
    expect(await clientOf(log).entry(257)).toEqual(testEntry(257));
  });

  it('reads a full bundle where the partial one is gone', async () => {
    const log = staticLog(300);
    const client = clientOf(log);
    await client.checkpoint();
    log.become(600);
    log.lies.set('entries/257', () => new Response(null, { status: 404 }));
    log.lies.set('tile/0/001.p/44', () => new Response(null, { status: 404 }));
    log.lies.set('tile/entries/001.p/44', () => new Response(null, { status: 404 }));
    expect(await client.entry(257)).toEqual(testEntry(257));
    expect(client.highest?.size).toBe(300);
  });

  it('reads a newer head where the known one does not cover the entry', async () => {
    const log = staticLog(3);
    const client = clientOf(log);
    await client.checkpoint();
    log.become(5);
    expect(await client.entry(4)).toEqual(testEntry(4));
    expect(client.highest?.size).toBe(5);
  });

  it.each([3, -1, 0.5, Number.NaN])('does not find entry %s of three', async (index) => {
    await expect(clientOf(staticLog(3)).entry(index)).rejects.toThrow('entry.not-found');
  });

  it.each([
    ['entry', 'entries/257', 'bundle.mismatch'],
    ['partial tile', 'tile/0/001.p/44', 'tile.mismatch'],
    ['partial tile above', 'tile/1/000.p/1', 'tile.mismatch'],
  ])('refuses an %s with one bit changed', async (_, path, code) => {
    const log = staticLog(300);
    const honest = await log.fetch(`${log.url}/${path}`, {});
    const bytes = new Uint8Array(await honest.arrayBuffer());
    log.lies.set(path, () => flipped(bytes, 3));
    await expect(clientOf(log).entry(257)).rejects.toThrow(code);
  });

  it('refuses a full tile with one bit changed', async () => {
    const log = staticLog(300);
    const bytes = log.tree.rows.get('0/0') ?? new Uint8Array(0);
    log.lies.set('tile/0/000', () => flipped(bytes, 8191));
    await expect(clientOf(log).entry(1)).rejects.toThrow('tile.mismatch');
  });

  it('refuses a tile that is too long or too short', async () => {
    const log = staticLog(300);
    log.lies.set('tile/0/001.p/44', () => new Response(new Uint8Array(44 * 32 - 1)));
    await expect(clientOf(log).entry(257)).rejects.toThrow('tile.wrong-length');
    log.lies.set('tile/0/001.p/44', () => new Response(new Uint8Array(44 * 32 + 1)));
    await expect(clientOf(log).entry(257)).rejects.toThrow('reply.too-large');
  });

  it('refuses a bundle with one bit changed', async () => {
    const log = staticLog(300);
    log.lies.set('entries/0', () => new Response(null, { status: 404 }));
    const bytes = log.tree.rows.get('entries/0') ?? new Uint8Array(0);
    log.lies.set('tile/entries/000', () => flipped(bytes, 5));
    await expect(clientOf(log).entry(0)).rejects.toThrow('bundle.mismatch');
  });
});

describe('proveInclusion', () => {
  it.each([0, 128, 299])('returns a path for entry %i that verifies', async (leafIndex) => {
    const log = staticLog(300);
    const proof = await clientOf(log).proveInclusion(leafIndex);
    expect(proof.leafHash).toEqual(leafHash(testEntry(leafIndex)));
    const { size: treeSize, rootHash } = proof.checkpoint;
    expect(() => checkInclusion({ ...proof, treeSize, rootHash })).not.toThrow();
  });
});

describe('proofFile', () => {
  const entry = { leafIndex: 7, leafHash: leafHash(testEntry(7)) };

  it('returns a proof file that verified', async () => {
    const log = staticLog(300);
    const client = clientOf(log);
    const file = await client.proofFile(entry);
    expect(file.proven).toMatchObject({ leafIndex: 7, checkpoint: { size: 300 } });
    expect(client.highest?.size).toBe(300);
  });

  it('refuses the proof of another entry', async () => {
    const log = staticLog(300);
    const client = clientOf(log);
    const wrongHash = { leafIndex: 7, leafHash: leafHash(testEntry(8)) };
    await expect(client.proofFile(wrongHash)).rejects.toThrow('inclusion.mismatch');
    const other = await client.proofFile({ leafIndex: 8, leafHash: leafHash(testEntry(8)) });
    log.lies.set('entries/7/proof', () => new Response(new Uint8Array(other.bytes)));
    await expect(client.proofFile(wrongHash)).rejects.toThrow('inclusion.mismatch');
  });

  it('refuses a proof under a head that does not fit the one it knows', async () => {
    const log = staticLog(300);
    const client = clientOf(log);
    await client.checkpoint();
    forge(log, 400, 299);
    await expect(client.proofFile(entry)).rejects.toThrow('checkpoint.fork');
  });

  it('does not find the proof of an entry that is not published', async () => {
    const log = staticLog(7);
    await expect(clientOf(log).proofFile(entry)).rejects.toThrow('entry.not-found');
  });
});

describe('openLogClient', () => {
  it('refuses a policy that does not tell which log is read', () => {
    const two = parsePolicy(`log ${staticLog(1).vkey}\nlog ${OTHER_VKEY}\nquorum none\n`);
    expect(() => openLogClient({ url: 'http://x.test', policy: two })).toThrow('policy.malformed');
    const client = openLogClient({ url: 'http://x.test', policy: two, origin: ORIGIN });
    expect(client.origin).toBe(ORIGIN);
  });

  it('refuses a key that signs no checkpoints', () => {
    expect(() => policyOfVkey(WITNESS_VKEY)).toThrow('vkey.unknown-type');
  });
});
