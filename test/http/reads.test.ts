import { describe, expect, it } from 'vitest';
import { sha256 } from '#sha256';
import { utf8 } from '../../src/core/bytes.ts';
import { leafHash } from '../../src/core/hash.ts';
import { hex } from '../../src/core/hex.ts';
import { checkInclusion } from '../../src/core/inclusion.ts';
import { parseProofFile } from '../../src/core/proof-file.ts';
import { type AppUnderTest, createAppUnderTest } from '../support/http-app.ts';

/** 300 entries in the tree, of which 260 are published. */
function appWithEntries(): AppUnderTest {
  const app = createAppUnderTest();
  for (const log of [app.main, app.raw]) {
    for (let i = 0; i < 300; i++) log.entries.push(utf8(`"entry ${i}"`));
    log.publish(7);
    log.publish(260);
  }
  return app;
}

describe('GET /{log}/checkpoint', () => {
  it('is the published note, and is not kept by caches', async () => {
    const app = appWithEntries();
    const answer = await app.request('/main/checkpoint');
    expect(answer.status).toBe(200);
    expect(answer.bytes).toEqual(app.main.published?.note);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-cache');
  });

  it('is not found before the first head', async () => {
    const answer = await createAppUnderTest().request('/main/checkpoint');
    expect([answer.status, answer.json.code]).toEqual([404, 'checkpoint.not-found']);
  });

  it('answers HEAD without a body', async () => {
    const answer = await appWithEntries().request('/main/checkpoint', { method: 'HEAD' });
    expect([answer.status, answer.bytes.length]).toEqual([200, 0]);
  });
});

describe('GET /{log}/checkpoints/{size}', () => {
  it('is the kept head of that size', async () => {
    const app = appWithEntries();
    const { text, headers } = await app.request('/main/checkpoints/7');
    expect(text.split('\n')[1]).toBe('7');
    expect(headers.get('cache-control')).toBe('no-cache');
  });

  it('is one version of it for ever, by the hash of its note', async () => {
    const app = appWithEntries();
    const older = app.main.publish(7);
    const newer = app.main.publish(7);
    for (const head of [older, newer]) {
      const note = hex(sha256(head.note));
      const answer = await app.request(`/main/checkpoints/7?note=${note}`);
      expect(answer.bytes).toEqual(head.note);
      expect(answer.headers.get('cache-control')).toContain('immutable');
    }
    expect((await app.request('/main/checkpoints/7')).bytes).toEqual(newer.note);
  });

  it.each([
    ['8', 404, 'checkpoint.not-found'],
    ['07', 404, 'checkpoint.not-found'],
    ['-7', 404, 'checkpoint.not-found'],
    ['7.0', 404, 'checkpoint.not-found'],
    ['9007199254740993', 404, 'checkpoint.not-found'],
    [`7?note=${'0'.repeat(64)}`, 404, 'checkpoint.not-found'],
    ['7?note=00', 400, 'request.bad-parameter'],
    [`7?note=${'A'.repeat(64)}`, 400, 'request.bad-parameter'],
    ['7?note=', 400, 'request.bad-parameter'],
  ])('refuses %s', async (size, status, code) => {
    const answer = await appWithEntries().request(`/main/checkpoints/${size}`);
    expect([answer.status, answer.json.code]).toEqual([status, code]);
  });
});

describe('GET /{log}/tile/…', () => {
  it('serves full and partial hash tiles, to be kept for ever', async () => {
    const app = appWithEntries();
    const full = await app.request('/main/tile/0/000');
    expect([full.status, full.bytes.length]).toEqual([200, 8_192]);
    expect(full.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(full.headers.get('content-type')).toBe('application/octet-stream');
    expect((await app.request('/main/tile/0/001.p/4')).bytes.length).toBe(128);
    expect((await app.request('/main/tile/1/000.p/1')).bytes.length).toBe(32);
  });

  it('serves entry bundles', async () => {
    const app = appWithEntries();
    const full = await app.request('/main/tile/entries/000');
    expect([full.status, full.bytes.length > 256 * 2]).toEqual([200, true]);
    expect(full.headers.get('cache-control')).toContain('immutable');
    expect((await app.request('/main/tile/entries/001.p/1')).bytes).toEqual(
      Uint8Array.of(0, 11, ...utf8('"entry 256"')),
    );
  });

  it('shows no width, tile, bundle, entry or proof beyond the published size', async () => {
    const app = appWithEntries();
    for (const path of [
      'tile/0/001.p/5',
      'tile/0/001',
      'tile/0/002.p/1',
      'tile/1/000.p/2',
      'tile/2/000.p/1',
      'tile/entries/001.p/5',
      'tile/entries/001',
      'entries/260',
      'entries/299',
      'entries/260/proof',
      'entries/0/proof?size=300',
      'checkpoints/300',
    ]) {
      const answer = await app.request(`/main/${path}`);
      expect(`${path} ${answer.status}`).toBe(`${path} 404`);
    }
  });

  it.each([
    '0/%30%30%30',
    '%30/000',
    '0/00%30',
    '0/0000',
    '0/x000/000',
    '0/1',
    '00/000',
    '01/000',
    '64/000',
    '-1/000',
    '0/000.p/0',
    '0/000.p/256',
    '0/000.p/01',
    '0/000.p/',
    '0/000/',
    '0/000.P/1',
    '0//000',
    '0/',
    'entries/%30%30%30',
    'entries/0',
    'entries/000.p/256',
    'entries/000.p/00',
    'entries/',
    'data/000',
    '%65ntries/000',
  ])('has no second name for a tile: %s', async (path) => {
    const app = appWithEntries();
    for (const answer of [
      await app.request(`/main/tile/${path}`),
      await app.requestTarget(`/main/tile/${path}`),
    ]) {
      expect(answer.status).toBe(404);
      expect(['tile.bad-path', 'request.not-found']).toContain(answer.json.code);
    }
  });

  it('reads the target as it was sent, where a URL would have been made right', async () => {
    const app = appWithEntries();
    expect((await app.requestTarget('/main/tile/0/000')).status).toBe(200);
    expect((await app.requestTarget('/main/tile/0/000?v=1')).status).toBe(200);
    expect((await app.requestTarget('http://localhost:6962/main/tile/0/000')).status).toBe(200);
    for (const target of [
      '/main/tile/../tile/0/000',
      '/main/./tile/0/000',
      '/main/tile/0/%78001/000',
      '/%6dain/tile/0/000',
      '/main/%74ile/0/000',
      '//main/tile/0/000',
      'main/tile/0/000',
      '*',
    ]) {
      expect(`${target} ${(await app.requestTarget(target)).status}`).toBe(`${target} 404`);
    }
  });
});

describe('GET /{log}/entries/{index}', () => {
  it('is the exact leaf, as JSON of an events log and as bytes of an opaque one', async () => {
    const app = appWithEntries();
    const event = await app.request('/main/entries/259');
    expect(event.bytes).toEqual(app.main.entries[259]);
    expect(event.headers.get('content-type')).toBe('application/json');
    const bytes = await app.request('/raw/entries/0');
    expect(bytes.headers.get('content-type')).toBe('application/octet-stream');
    expect(bytes.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each(['', '00', '+1', '1.0', '0x1', '1e1', '%31', 'a', '9007199254740992'])(
    'is not found under %j',
    async (index) => {
      expect((await appWithEntries().request(`/main/entries/${index}`)).status).toBe(404);
    },
  );
});

describe('GET /{log}/entries/{index}/proof', () => {
  it('proves each entry under the published head', async () => {
    const app = appWithEntries();
    for (const index of [0, 1, 255, 256, 259]) {
      const answer = await app.request(`/main/entries/${index}/proof`);
      expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      const file = parseProofFile(answer.bytes);
      expect(file.leafIndex).toBe(index);
      expect(file.checkpoint).toEqual(app.main.published?.note);
      checkInclusion({
        leafHash: leafHash(app.main.entries[index] as Uint8Array),
        leafIndex: index,
        treeSize: 260,
        path: file.path,
        rootHash: app.main.published?.rootHash as Uint8Array,
      });
    }
  });

  it('proves an entry under a kept head', async () => {
    const app = appWithEntries();
    const file = parseProofFile((await app.request('/main/entries/3/proof?size=7')).bytes);
    expect(file.checkpoint).toEqual((await app.main.headOf(7)).note);
    expect((await app.request('/main/entries/7/proof?size=7')).status).toBe(404);
    expect((await app.request('/main/entries/3/proof?size=8')).status).toBe(404);
    expect((await app.request('/main/entries/3/proof?size=07')).status).toBe(400);
  });

  it('is not found before the first head', async () => {
    const app = createAppUnderTest();
    expect((await app.request('/main/entries/0/proof')).status).toBe(404);
  });
});
