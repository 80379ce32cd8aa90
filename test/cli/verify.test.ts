import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { base64 } from '../../src/core/base64.ts';
import { leafHash } from '../../src/core/hash.ts';
import { staticLog } from '../client/static-log.ts';
import { bytesOf, type CaseInput, vectorsOf } from '../core/note-fixtures.ts';
import { testEntry } from '../reference/tile-store.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { runCli } from './run-cli.ts';

const WITNESS = 'witness.test+61c1f3c7+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU';
const OTHER_VKEY = 'other.test/log+427c3201+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c';

/** A proof, its entry and its policy as files. */
async function files(): Promise<{
  readonly vkey: string;
  readonly proof: Uint8Array;
  readonly path: (name: string) => string;
  readonly write: (name: string, content: string | Uint8Array) => string;
}> {
  const log = staticLog(300);
  const dir = tempFolder();
  const path = (name: string): string => join(dir, name);
  const write = (name: string, content: string | Uint8Array): string => {
    writeFileSync(path(name), content);
    return path(name);
  };
  const reply = await log.fetch(`${log.url}/entries/7/proof`, {});
  const proof = new Uint8Array(await reply.arrayBuffer());
  write('proof', proof);
  write('leaf', testEntry(7));
  write('policy', `log ${log.vkey}\nquorum none\n`);
  return { vkey: log.vkey, proof, path, write };
}

describe('varve verify', () => {
  it('says what holds, and what is not proven', async () => {
    const { path } = await files();
    const args = ['verify', path('proof'), '--leaf', path('leaf'), '--policy', path('policy')];
    const { code, stdout, stderr } = await runCli(args);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('HOLDS       entry 7 of static.test/main, in its tree of 300\n');
    expect(stdout).toContain(`leaf hash   ${base64(leafHash(testEntry(7)))}\n`);
    expect(stdout).toContain('cosigned by nobody: no witness is named in the policy\n');
    expect(stdout).toContain('not after   no time: nobody but the log vouches for one\n');
    expect(stdout).toContain('not proven  that what the entry says is true');
    expect(stdout).toContain('the same tree: that takes witnesses');
  });

  it('says it as JSON, and takes a key instead of a policy', async () => {
    const { path, vkey } = await files();
    const args = ['verify', path('proof'), '--leaf', path('leaf'), '--vkey', vkey, '--json'];
    const { code, stdout } = await runCli(args);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      holds: true,
      origin: 'static.test/main',
      index: 7,
      treeSize: 300,
      entry: null,
      cosignatures: [],
      notAfter: null,
    });
  });

  it.each([
    ['another entry', 'leaf', () => testEntry(8), 'inclusion.mismatch'],
    ['an empty entry', 'leaf', () => '', 'inclusion.mismatch'],
    [
      'a proof of another index',
      'proof',
      (b: Uint8Array) => changed(b, 'index 7', 'index 6'),
      'inclusion.mismatch',
    ],
    [
      'a head of another size',
      'proof',
      (b: Uint8Array) => changed(b, '\n300\n', '\n301\n'),
      'note.bad-signature',
    ],
    [
      'a proof with a hash too many',
      'proof',
      (b: Uint8Array) => changed(b, 'index 7\n', `index 7\n${'A'.repeat(43)}=\n`),
      'inclusion.wrong-length',
    ],
    ['what is no proof', 'proof', () => 'hello', 'proof-file.malformed'],
    ['an empty proof', 'proof', () => '', 'proof-file.malformed'],
    [
      'a log that the policy does not name',
      'policy',
      () => `log ${OTHER_VKEY}\nquorum none\n`,
      'checkpoint.wrong-origin',
    ],
  ])('exits with 1 for %s', async (_, name, lie, message) => {
    const { path, write, proof } = await files();
    write(name, lie(proof));
    const args = ['verify', path('proof'), '--leaf', path('leaf'), '--policy', path('policy')];
    const human = await runCli(args);
    expect(human).toMatchObject({ code: 1, stdout: '' });
    expect(human.stderr).toContain(`DOES NOT HOLD: ${message}`);
    const json = await runCli([...args, '--json']);
    expect([json.code, JSON.parse(json.stdout).code]).toEqual([1, message]);
  });

  it('exits with 1 where the quorum of the policy did not cosign', async () => {
    const { path, write, vkey } = await files();
    write('policy', `log ${vkey}\nwitness w ${WITNESS} https://w.test\nquorum w\n`);
    const args = ['verify', path('proof'), '--leaf', path('leaf'), '--policy', path('policy')];
    expect((await runCli(args)).stderr).toContain('DOES NOT HOLD: policy.quorum-not-met');
  });

  it.each([
    ['no entry', [], '--leaf FILE has to hold the entry'],
    ['nobody to trust', ['--leaf', 'leaf'], 'has to say whom to trust'],
    ['two to trust', ['--leaf', 'leaf', '--policy', 'policy', '--vkey', OTHER_VKEY], 'one of them'],
    ['an entry that is not there', ['--leaf', 'nowhere', '--policy', 'policy'], 'cannot read'],
    ['a policy that is none', ['--leaf', 'leaf', '--policy', 'leaf'], 'policy.malformed'],
    ['a key that is none', ['--leaf', 'leaf', '--vkey', 'x'], 'vkey.malformed'],
  ])('exits with 2 for %s', async (_, args, message) => {
    const { path } = await files();
    const named = args.map((arg) => (/^(leaf|policy|nowhere)$/.test(arg) ? path(arg) : arg));
    const { code, stdout, stderr } = await runCli(['verify', path('proof'), ...named]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  it('refuses every proof file with one bit changed', async () => {
    const { path, write, proof } = await files();
    const args = ['verify', path('changed'), '--leaf', path('leaf'), '--policy', path('policy')];
    for (let at = 0; at < proof.length; at += 7) {
      const lie = proof.slice();
      lie[at] = (lie[at] ?? 0) ^ (1 << (at % 8));
      write('changed', lie);
      expect((await runCli(args)).code, `bit ${at % 8} of byte ${at}`).toBe(1);
    }
  });
});

function changed(bytes: Uint8Array, from: string, to: string): string {
  const text = new TextDecoder().decode(bytes);
  expect(text).toContain(from);
  return text.replace(from, to);
}

describe('varve verify of a fork proof', () => {
  const vectors = vectorsOf<{ vkey: string; p256PublicKey: string; cases: CaseInput[] }>(
    'fork-proof-check',
  );
  const pem = `-----BEGIN PUBLIC KEY-----\n${vectors.p256PublicKey}\n-----END PUBLIC KEY-----\n`;
  const files = () => {
    const dir = tempFolder();
    const write = (name: string, content: string | Uint8Array): string => {
      writeFileSync(join(dir, name), content);
      return join(dir, name);
    };
    return { write, p256: write('p256.pem', pem) };
  };

  it.each(vectors.cases)('convicts or refuses by keys alone: $name', async (one) => {
    const { write, p256 } = files();
    const proof = write('proof', bytesOf(one));
    // What does not begin as one is taken for the proof of an entry, and needs that entry.
    const isOne = new TextDecoder().decode(bytesOf(one)).startsWith('varve/fork-proof@v1\n');
    const args = ['verify', proof, '--vkey', vectors.vkey, '--p256', p256, '--json'];
    const { code, stdout } = await runCli(args);
    expect(code).toBe(isOne ? (one.error === undefined ? 0 : 1) : 2);
    if (!isOne) return;
    const verdict = JSON.parse(stdout) as Record<string, unknown>;
    if (one.error !== undefined) expect(verdict).toMatchObject({ holds: false, code: one.error });
    else expect(verdict).toMatchObject({ holds: true, heads: [{}, {}] });
  });

  it('says what was signed, and not who did it', async () => {
    const { write, p256 } = files();
    const one = vectors.cases.find(({ name }) => name === 'size 5 is no prefix of size 9');
    const proof = write('proof', bytesOf(one ?? {}));
    const policy = write('policy', `log ${OTHER_VKEY}\nlog ${vectors.vkey}\nquorum none\n`);
    const { code, stdout } = await runCli(['verify', proof, '--policy', policy, '--p256', p256]);
    expect(code).toBe(0);
    const origin = vectors.vkey.split('+')[0];
    expect(stdout).toContain(
      `HOLDS       ${origin} signed two heads that no honest log signs both`,
    );
    expect(stdout).toContain('head        checkpoint of size 5, root ');
    expect(stdout).toContain('not proven  who did it');
    const other = await runCli(['verify', proof, '--vkey', OTHER_VKEY]);
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('DOES NOT HOLD')]);
  });

  it('asks for the P-256 key where a head needs it, and takes no flag of the other kind', async () => {
    const { write, p256 } = files();
    const one = vectors.cases.find(
      ({ name }) => name === 'a checkpoint and a tree head of one size',
    );
    const proof = write('proof', bytesOf(one ?? {}));
    const trust = ['--vkey', vectors.vkey];
    const lacking = await runCli(['verify', proof, ...trust]);
    expect([lacking.code, lacking.stderr]).toEqual([1, expect.stringContaining('no P-256 key')]);
    expect((await runCli(['verify', proof, ...trust, '--p256', p256])).code).toBe(0);
    const wrong = await runCli(['verify', proof, ...trust, '--p256', write('none', 'none')]);
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      expect.stringContaining('no public key in PEM'),
    ]);
    const leaf = await runCli(['verify', proof, ...trust, '--leaf', p256]);
    expect([leaf.code, leaf.stderr]).toEqual([2, expect.stringContaining('--leaf is for another')]);
  });
});
