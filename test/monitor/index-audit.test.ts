import { describe, expect, it } from 'vitest';
import { utf8, utf8Text } from '../../src/core/bytes.ts';
import { proveConsistency, proveInclusion } from '../../src/core/prover.ts';
import { KEY_TYPE, verifierKeyOf } from '../../src/core/vkey.ts';
import { canonicalJson } from '../../src/event/canonical.ts';
import type { IndexHeadProof } from '../../src/event/index-answer.ts';
import { auditSpeaksFor, openIndexAudit } from '../../src/event/index-audit.ts';
import {
  checkIndexFraud,
  FRAUD_BYTES_MAX,
  formatIndexFraud,
  type IndexFraud,
  parseIndexFraud,
} from '../../src/event/index-fraud.ts';
import { formatIndexHead, parseIndexHead } from '../../src/event/index-leaf.ts';
import { labelOf, parseLookupKey } from '../../src/event/map.ts';
import { assembleAnswer } from '../../src/lookup/lookup.ts';
import {
  type IndexAuditOptions,
  IndexAuditor,
  type IndexFinding,
} from '../../src/monitor/index-audit.ts';
import { type IndexLife, indexLife } from '../support/index-life.ts';
import { indexEvent } from '../support/index-log.ts';
import { lookupSite, siteOptions } from '../support/lookup-site.ts';
import { refusal } from '../support/refusal.ts';
import { testSigner } from '../support/test-signer.ts';

const auditor = { ...testSigner('auditor.test/a'), name: 'auditor.test/a' };
const auditorKey = verifierKeyOf(auditor.name, KEY_TYPE.ed25519, auditor.ed25519PublicKey);

const eventAt = (i: number): Uint8Array => indexEvent(i, i % 3 === 0 ? { cred: 'tok' } : {});

function auditorOf(life: IndexLife): IndexAuditor {
  const { client, location } = siteOptions(life, lookupSite(life));
  const options: IndexAuditOptions = { client, location, signer: auditor };
  return new IndexAuditor(options);
}

/** A log whose index was shown other entries than the log holds. */
async function lyingLife(
  doctor: (entry: Uint8Array, index: number) => Uint8Array,
  honest = 0,
): Promise<IndexLife> {
  const life = indexLife();
  for (let i = 0; i < honest; i++) life.log.append(eventAt(i));
  if (honest > 0) await life.settle();
  life.log.doctor = doctor;
  for (let i = 0; i < 30; i++) life.log.append(eventAt(i));
  await life.settle();
  return life;
}

async function findingOf(life: IndexLife): Promise<Extract<IndexFinding, { kind: 'false-head' }>> {
  const { findings, note } = await auditorOf(life).pass();
  expect(note).toBeNull();
  const [finding] = findings;
  if (finding?.kind !== 'false-head') throw new Error('no false head was found');
  return finding;
}

describe('an audit of the index', () => {
  it('finds an honest log true, and signs its last head', async () => {
    const life = indexLife();
    for (let i = 0; i < 40; i++) {
      life.log.append(eventAt(i));
      if (i % 9 === 8) await life.settle();
    }
    const one = auditorOf(life);
    const first = await one.pass();
    expect(first.findings).toEqual([]);
    expect(first.heads).toBe(4);
    const audit = openIndexAudit(first.note as Uint8Array, [auditorKey]);
    expect(audit.leafIndex).toBe(first.last?.leafIndex);
    expect((await one.pass()).note).toBeNull();
    await life.settle();
    const second = await one.pass();
    expect([second.heads, second.findings]).toEqual([1, []]);
    expect(openIndexAudit(second.note as Uint8Array, [auditorKey]).size).toBe(
      second.last?.head.size,
    );
  });

  it('finds a posting that trie and head leave out, with a proof that a stranger verifies', async () => {
    const life = await lyingLife((entry, index) => (index === 12 ? eventAt(1) : entry));
    const finding = await findingOf(life);
    const shown = checkIndexFraud(finding.fraud as Uint8Array, life.log.vkey);
    expect(shown).toEqual({
      kind: 'missing',
      origin: life.log.origin,
      leafIndex: finding.leafIndex,
      what: `entry 12 carries cred:tok, and the index head at leaf ${finding.leafIndex} leaves it out`,
    });
  });

  it('finds the only posting of a key left out: then the key is absent', async () => {
    const life = indexLife();
    life.log.doctor = (entry, index) => (index === 5 ? eventAt(1) : entry);
    for (let i = 0; i < 9; i++) life.log.append(indexEvent(i, i === 5 ? { cred: 'once' } : {}));
    await life.settle();
    const finding = await findingOf(life);
    expect(checkIndexFraud(finding.fraud as Uint8Array, life.log.vkey).what).toMatch('cred:once');
  });

  it('finds the first, or the last, posting of a key left out', async () => {
    for (const dropped of [0, 27]) {
      const life = await lyingLife((entry, index) => (index === dropped ? eventAt(1) : entry));
      const finding = await findingOf(life);
      const shown = checkIndexFraud(finding.fraud as Uint8Array, life.log.vkey);
      expect(shown.what).toMatch(`entry ${dropped} carries`);
    }
  });

  it('finds a posting of an entry that does not carry the key', async () => {
    const life = await lyingLife((entry, index) => (index === 13 ? eventAt(0) : entry));
    const finding = await findingOf(life);
    const shown = checkIndexFraud(finding.fraud as Uint8Array, life.log.vkey);
    expect(shown.kind).toBe('false');
    expect(shown.what).toMatch('names entry 13');
  });

  it('finds a lie behind true heads', async () => {
    const life = await lyingLife((entry, index) => (index === 30 ? eventAt(1) : entry), 20);
    const { heads, findings, last } = await auditorOf(life).pass();
    expect(heads).toBe(1);
    expect(findings).toHaveLength(1);
    expect(last?.head.size).toBe(20);
  });

  it('finds a false head also where the log answers with nonsense to who looks for a proof', async () => {
    const life = await lyingLife((entry, index) => (index === 12 ? eventAt(1) : entry));
    const site = lookupSite(life);
    site.answer = (answer) => ({ ...answer, trie: answer.trie.slice(1) });
    const { client, location } = siteOptions(life, site);
    const { findings } = await new IndexAuditor({ client, location, signer: null }).pass();
    expect(findings).toMatchObject([{ kind: 'false-head', fraud: null }]);
    expect(findings[0]?.what).toMatch('no fraud proof: index.mismatch');
  });

  it('finds two heads of one size', async () => {
    const life = indexLife();
    for (let i = 0; i < 9; i++) life.log.append(eventAt(i));
    await life.settle();
    const leafIndex = life.log.entries.length - 1;
    const head = parseIndexHead(life.log.entries[leafIndex] as Uint8Array);
    life.log.append(formatIndexHead({ ...head, keys: 99, prev: leafIndex }), eventAt(1));
    life.log.publish();
    const { findings } = await auditorOf(life).pass();
    const [finding] = findings;
    const fraud = finding?.kind === 'false-head' ? finding.fraud : null;
    expect(checkIndexFraud(fraud as Uint8Array, life.log.vkey).kind).toBe('double');
  });

  it.each([
    ['keys', { keys: 3 }],
    ['postings', { postings: 1 }],
    ['prev', { prev: 1 }],
    ['origin', { origin: 'other.test/log' }],
    ['root', { root: `${'A'.repeat(43)}=` }],
    ['index', { index: `${'A'.repeat(43)}=` }],
    ['size', { size: 9 }],
  ])('finds a head that lies about its %s', async (_, change) => {
    const life = indexLife();
    for (let i = 0; i < 9; i++) life.log.append(eventAt(i));
    const honest = indexLife();
    honest.log.append(...life.log.entries);
    await honest.settle();
    const head = parseIndexHead(honest.log.entries[9] as Uint8Array);
    life.log.append(
      formatIndexHead({ ...head, origin: life.log.origin, ...change, ...sizeOf(change) }),
    );
    life.log.append(eventAt(1));
    life.log.publish();
    const finding = await findingOf(life);
    expect(finding.leafIndex).toBe(9);
    expect(finding.fraud).toBeNull();
  });

  it('finds that no head comes for a long time, once', async () => {
    const life = indexLife();
    const late = (i: number, atMs: number): Uint8Array =>
      new TextEncoder().encode(utf8Text(eventAt(i)).replace('1795166821000', `${atMs}`));
    life.log.append(late(0, 1_000));
    for (let i = 1; i < 300; i++) life.log.append(late(i, 1_000 + (i > 200 ? 700_000 : 0)));
    life.log.publish(300);
    const { client, location } = siteOptions(life, lookupSite(life));
    await life.index.close();
    life.log.entries.length = 300;
    life.log.publish(300);
    const { findings } = await new IndexAuditor({ client, location, signer: null }).pass();
    expect(findings.map(({ kind }) => kind)).toEqual(['overdue']);
    expect(findings[0]?.leafIndex).toBe(0);
  });
});

/** A head of more entries than stand before it. */
function sizeOf(change: Record<string, unknown>): Record<string, unknown> {
  return 'size' in change ? { size: 10 } : {};
}

describe('a fraud proof', () => {
  const missing = async (): Promise<{ life: IndexLife; bytes: Uint8Array; fraud: IndexFraud }> => {
    const life = await lyingLife((entry, index) => (index === 12 ? eventAt(1) : entry));
    const bytes = (await findingOf(life)).fraud as Uint8Array;
    return { life, bytes, fraud: parseIndexFraud(bytes) };
  };

  it('is read from its bytes and written back', async () => {
    const { bytes, fraud } = await missing();
    expect(formatIndexFraud(fraud)).toEqual(bytes);
  });

  it('proves nothing with any one byte changed', async () => {
    const { life, bytes } = await missing();
    for (let at = 0; at < bytes.length; at += 3) {
      const changed = bytes.slice();
      changed[at] = (changed[at] as number) ^ 1;
      expect(
        refusal(() => checkIndexFraud(changed, life.log.vkey)),
        `${at}`,
      ).toMatch('index-fraud.');
    }
  });

  it('proves nothing to whoever holds another key', async () => {
    const { bytes } = await missing();
    const other = testSigner();
    const key = verifierKeyOf(other.origin, KEY_TYPE.ed25519, other.ed25519PublicKey);
    expect(refusal(() => checkIndexFraud(bytes, key))).toMatch('index-fraud.proves-nothing');
  });

  it.each<[string, (fraud: Fraud) => Partial<Fraud>, string]>([
    ['a true posting called false', () => ({ kind: 'false' }), 'carries the label'],
    [
      'a page that ends before the entry',
      ({ page }) => ({ page: page && { ...page, indices: page.indices.slice(0, 1) } }),
      'proves-nothing',
    ],
    [
      'an entry behind the head',
      ({ entry }) => ({ entry: { ...entry, index: 31 } }),
      'behind the head',
    ],
    [
      'another entry under the path',
      ({ entry }) => ({ entry: { ...entry, leaf: eventAt(0) } }),
      'inclusion.mismatch',
    ],
    ['the label of another key', () => ({ label: labelOf(parseLookupKey('source:gw-1')) }), 'trie'],
  ])('proves nothing with %s', async (_, change, why) => {
    const { life, fraud } = await missing();
    const changed = { ...fraud, ...change(fraud as Fraud) } as IndexFraud;
    expect(refusal(() => checkIndexFraud(formatIndexFraud(changed), life.log.vkey))).toMatch(why);
  });

  it.each<[string, Record<string, unknown>]>([
    ['another version', { v: 'varve.index-fraud/2' }],
    ['another kind', { kind: 'other' }],
    ['a member more', { more: 1 }],
  ])('is none with %s', async (_, change) => {
    const { life, bytes } = await missing();
    const value = { ...JSON.parse(utf8Text(bytes)), ...change };
    const changed = canonicalJson(value);
    expect(refusal(() => checkIndexFraud(changed, life.log.vkey))).toMatch('index-fraud.malformed');
    expect(refusal(() => parseIndexFraud(changed))).not.toMatch('canonical');
  });

  it('says once why it proves nothing, and does not call a fault of the program so', async () => {
    const { life, bytes, fraud } = await missing();
    const changed = formatIndexFraud({ ...fraud, kind: 'false' } as IndexFraud);
    expect(refusal(() => checkIndexFraud(changed, life.log.vkey))).toBe(
      'index-fraud.proves-nothing: the entry carries the label',
    );
    const noKey = null as unknown as Parameters<typeof checkIndexFraud>[1];
    expect(() => checkIndexFraud(bytes, noKey)).toThrow(TypeError);
  });

  it('is none in another order, or with a space', async () => {
    const { bytes } = await missing();
    const reversed = Object.fromEntries(Object.entries(JSON.parse(utf8Text(bytes))).reverse());
    for (const text of [`${utf8Text(bytes)} `, JSON.stringify(reversed)]) {
      expect(refusal(() => parseIndexFraud(utf8(text)))).toMatch('not in canonical form');
    }
  });

  it('is none of more than 4 MiB', () => {
    const long = new Uint8Array(FRAUD_BYTES_MAX + 1).fill(0x20);
    expect(refusal(() => parseIndexFraud(long))).toMatch(`${FRAUD_BYTES_MAX + 1} bytes`);
  });

  it('proves nothing with one head twice, or with heads of two sizes', async () => {
    const life = indexLife();
    for (let i = 0; i < 12; i++) {
      life.log.append(eventAt(i));
      if (i % 6 === 5) await life.settle();
    }
    const { size, note } = life.log.checkpoint();
    const tiles = life.log.tilesOf(size);
    const heads: IndexHeadProof[] = [];
    for (const [leafIndex, leaf] of life.log.entries.entries()) {
      if (!utf8Text(leaf).endsWith('"v":"nhi.index/1"}')) continue;
      const first = parseIndexHead(leaf).size;
      heads.push({
        leafIndex,
        leaf,
        inclusion: await proveInclusion(tiles, { leafIndex, treeSize: size }),
        consistency: await proveConsistency(tiles, { first, second: size }),
      });
    }
    const [head, other] = heads as [IndexHeadProof, IndexHeadProof];
    const why = (one: IndexHeadProof, two: IndexHeadProof): string | null => {
      const fraud = { kind: 'double', checkpoint: note, head: one, other: two } as const;
      return refusal(() => checkIndexFraud(formatIndexFraud(fraud), life.log.vkey));
    };
    expect(why(head, head)).toMatch('one head, twice');
    expect(why(head, other)).toMatch('heads of two sizes');
  });

  it('cannot be made of a true index', async () => {
    const life = indexLife();
    for (let i = 0; i < 12; i++) life.log.append(eventAt(i));
    await life.settle();
    life.log.append(eventAt(50));
    life.log.publish();
    const { fraud } = await missing();
    const label = labelOf(parseLookupKey('cred:tok'));
    const checkpoint = life.log.checkpoint();
    const tiles = life.log.tilesOf(checkpoint.size);
    for (let from = 0; from <= 4; from++) {
      for (let limit = 1; limit <= 4; limit++) {
        const reply = await life.index.answer({ label, from, limit });
        const answer = await assembleAnswer(reply, label, {
          size: checkpoint.size,
          note: checkpoint.note,
          tiles,
        });
        for (let index = 0; index < 12; index++) {
          for (const kind of ['missing', 'false'] as const) {
            const made = {
              ...fraud,
              ...answer,
              kind,
              entry: {
                index,
                leaf: life.log.entries[index] as Uint8Array,
                inclusion: await proveInclusion(tiles, {
                  leafIndex: index,
                  treeSize: checkpoint.size,
                }),
              },
            } as IndexFraud;
            expect(refusal(() => checkIndexFraud(formatIndexFraud(made), life.log.vkey))).toMatch(
              'index-fraud.proves-nothing',
            );
          }
        }
      }
    }
  });
});

type Fraud = Exclude<IndexFraud, { kind: 'double' }>;

describe('an audit note', () => {
  it('speaks for its own head and those whose leaves its head commits to', async () => {
    const head = (leafIndex: number, size: number) =>
      ({
        leafIndex,
        tree: { size, rootHash: new Uint8Array(32) },
        trieRoot: new Uint8Array(32).fill(size),
        head: { origin: 'log.test/a' },
      }) as unknown as Parameters<typeof auditSpeaksFor>[1];
    const audit = (leafIndex: number, size: number) => ({
      origin: 'log.test/a',
      leafIndex,
      size,
      trieRoot: new Uint8Array(32).fill(size),
    });
    expect(auditSpeaksFor(audit(9, 9), head(9, 9))).toBe(true);
    expect(auditSpeaksFor(audit(9, 8), head(9, 9))).toBe(false);
    expect(auditSpeaksFor(audit(10, 9), head(9, 9))).toBe(false);
    expect(auditSpeaksFor(audit(20, 15), head(9, 9), head(20, 15))).toBe(true);
    expect(auditSpeaksFor(audit(20, 9), head(9, 9), head(20, 9))).toBe(false);
    expect(auditSpeaksFor({ ...audit(9, 9), origin: 'log.test/b' }, head(9, 9))).toBe(false);
  });
});
