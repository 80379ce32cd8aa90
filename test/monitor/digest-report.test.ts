import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { utf8, utf8Text } from '../../src/core/bytes.ts';
import type { EventLeaf } from '../../src/event/leaf.ts';
import {
  ADAPTERS,
  digestKeyOf,
  ingest,
  judgeDigestSignature,
  NO_TRUST,
} from '../../src/ingest/ingest.ts';
import {
  type DigestOptions,
  type DigestReport,
  digestReport,
} from '../../src/monitor/digest-report.ts';
import type { SourceEntry } from '../../src/monitor/source-report.ts';
import { headersOf, testContext } from '../ingest/golden.ts';
import { BUCKET, sha256Hex, Trail, type TrailDigest, type TrailFile } from '../support/trail.ts';

const ACCOUNT = '111122223333';
const KEYS = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const STRANGER = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
const published = KEYS.publicKey.export({ format: 'der', type: 'pkcs1' }).toString('base64');

/** A log that takes what S3 holds, through the adapters. */
class TestLog {
  readonly entries: SourceEntry[] = [];
  readonly trail = new Trail(ACCOUNT, { keys: KEYS });
  readonly trust = {
    ...NO_TRUST,
    digestKeys: new Map([[this.trail.fingerprint, digestKeyOf(published)]]),
  };

  send(adapter: string, bytes: Uint8Array, headers: Record<string, string>): void {
    const found = ADAPTERS.get(adapter);
    if (found === undefined) throw new Error(adapter);
    const context = { ...testContext(adapter), trust: this.trust };
    for (const item of ingest(found, { body: bytes, headers: headersOf(headers) }, context)) {
      const { event } = item.event;
      // What was sent before is no second leaf.
      if (this.entries.some(({ leaf }) => leaf.event.id === event.id)) continue;
      const leaf = { v: 'nhi.leaf/1', event, recv: { adapter: item.adapter }, sig: null };
      this.entries.push({ index: this.entries.length + 1, leaf: leaf as unknown as EventLeaf });
    }
  }

  digests(...digests: readonly TrailDigest[]): this {
    for (const { bytes, signature } of digests) {
      this.send('cloudtrail-digest', bytes, { 'x-amz-meta-signature': signature });
    }
    return this;
  }

  files(...files: readonly TrailFile[]): this {
    for (const { object, bytes } of files) {
      this.send('cloudtrail', bytes, { 'content-location': `s3://${BUCKET}/${object}` });
    }
    return this;
  }

  report(options?: DigestOptions): DigestReport {
    return digestReport(this.entries, options);
  }

  rules(): readonly string[] {
    return this.report().findings.map(({ rule }) => rule);
  }
}

/** A log with a chain of six hours, whole but for what is taken out of it. */
function logOf(
  change: (made: {
    readonly digests: TrailDigest[];
    readonly files: TrailFile[];
  }) => void = () => {},
): TestLog {
  const log = new TestLog();
  const hours = log.trail.hours(6);
  const made = {
    digests: hours.map(({ digest }) => digest),
    files: hours.flatMap(({ files }) => [...files]),
  };
  change(made);
  return log.files(...made.files).digests(...made.digests);
}

describe('a chain of CloudTrail digests', () => {
  it('that is whole has no finding, in whatever order it comes', () => {
    const whole = logOf().report();
    expect(whole.findings).toEqual([]);
    expect(whole.chains).toMatchObject([
      { digests: 6, from: '2026-11-20T01:00:00Z', to: '2026-11-20T06:00:00Z' },
    ]);
    expect(whole.files).toEqual({ listed: 12, came: 12, waiting: 0 });
    expect(whole.notProven.join('\n')).toMatch(/the tail of its chain is unknown/);
    const turned = logOf(({ digests, files }) => {
      digests.reverse();
      files.reverse();
    });
    expect(turned.report()).toMatchObject({ findings: [], files: whole.files });
  });

  it('that is sent again is the same chain', () => {
    const twice = logOf(({ digests, files }) => {
      digests.push(...digests);
      files.push(...files);
    });
    expect(twice.entries).toHaveLength(6 + 12 + 24);
    expect(twice.rules()).toEqual([]);
  });

  it('that begins before the log has it says so, and is not broken', () => {
    const { findings, notProven } = logOf(({ digests, files }) => {
      digests.splice(0, 2);
      files.splice(0, 4);
    }).report();
    expect(findings).toEqual([]);
    expect(notProven[0]).toMatch(/^what came before .*T030000Z.*: it follows .*T020000Z/);
  });

  it('breaks where a digest is missing, whose files nobody lists then', () => {
    const { findings } = logOf(({ digests }) => digests.splice(2, 1)).report();
    expect(findings.map(({ rule }) => rule)).toEqual([
      'missing-digest',
      'unlisted-file',
      'unlisted-file',
    ]);
    expect(findings[0]?.what).toMatch(/T030000Z.* never came, and .*T040000Z.* follows it/);
  });

  it('breaks where one was altered, and the next tells that it was another', () => {
    const log = logOf(({ digests }) => {
      const [, , one] = digests;
      if (one === undefined) return;
      const bytes = utf8(utf8Text(one.bytes).replace('_0.json', '_9.json'));
      digests[2] = { ...one, bytes };
    });
    expect(log.rules()).toEqual([
      'bad-signature',
      'previous-hash',
      'unlisted-file',
      'unlisted-file',
    ]);
  });

  it('breaks where another key signed, known or not', () => {
    const stranger = logOf();
    stranger.digests(stranger.trail.hour({ files: 0, key: STRANGER }).digest);
    expect(stranger.rules()).toEqual(['bad-signature']);
    const unknown = logOf();
    const also = { digestPublicKeyFingerprint: 'f'.repeat(32) };
    unknown.digests(unknown.trail.hour({ files: 0, key: STRANGER, also }).digest);
    expect(unknown.rules()).toEqual(['unverified']);
    const unsigned = logOf();
    unsigned.send('cloudtrail-digest', unsigned.trail.hour({ files: 0 }).digest.bytes, {});
    expect(unsigned.rules()).toEqual(['unverified']);
  });

  it('breaks where one names another hash or another signature of the one before it', () => {
    const hash = logOf();
    hash.digests(
      hash.trail.hour({ files: 0, also: { previousDigestHashValue: '0'.repeat(64) } }).digest,
    );
    expect(hash.rules()).toEqual(['previous-hash']);
    const signature = logOf();
    signature.digests(
      signature.trail.hour({ files: 0, also: { previousDigestSignature: '00'.repeat(256) } })
        .digest,
    );
    expect(signature.rules()).toEqual(['previous-signature']);
  });

  it('breaks where two follow the same one, or two are of one place', () => {
    const log = new TestLog();
    const [first, second] = log.trail.hours(2, { files: 0 });
    if (first === undefined || second === undefined) throw new Error('two hours');
    log.digests(first.digest, second.digest);
    const other = log.trail.hour({ files: 0, after: first.digest, hour: 2 });
    log.digests(other.digest);
    expect(log.rules()).toEqual(['fork', 'uncovered-time']);
    const place = new TestLog();
    const hours = place.trail.hours(2, { files: 0 });
    const again = place.trail.hour({ files: 0, after: null, hour: 0, also: { more: 1 } });
    place.digests(...hours.map(({ digest }) => digest), again.digest);
    expect(place.rules()).toContain('fork');
  });

  it('breaks where it begins anew', () => {
    const log = logOf();
    log.digests(log.trail.hour({ files: 0, after: null, hour: 9 }).digest);
    const [finding, ...more] = log.report().findings;
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ rule: 'new-chain' });
    expect(finding?.what).toMatch(/nothing vouches for the time after 2026-11-20T06:00:00Z/);
  });

  it('tells a signature that was made up for a digest from the digest', () => {
    const log = logOf();
    const last = log.trail.hour({ files: 0 }).digest;
    log.digests({ ...last, signature: '00'.repeat(256) }, last);
    expect(log.rules()).toEqual(['bad-signature']);
    expect(log.report().chains[0]?.digests).toBe(7);
  });

  it('of backfills is a chain of its own', () => {
    const log = logOf();
    const first = log.trail.hour({ files: 1, after: null, hour: 1, backfill: true });
    const second = log.trail.hour({ files: 0, hour: 4, backfill: true });
    log.digests(second.digest, first.digest);
    expect(log.rules()).toEqual([]);
    expect(log.report().chains.map(({ digests }) => digests)).toEqual([6, 2]);
  });

  it('is judged by the keys of whoever asks, if they are given', () => {
    const log = logOf();
    const judge = (trust: typeof log.trust) => ({
      judge: (claim: Parameters<NonNullable<DigestOptions['judge']>>[0]) =>
        judgeDigestSignature(claim, trust),
    });
    expect(log.report(judge(log.trust)).findings).toEqual([]);
    expect(log.report(judge(log.trust)).notProven.join()).not.toMatch(/the log judged/);
    const others = {
      ...log.trust,
      digestKeys: new Map([[log.trail.fingerprint, digestKeyOf(other())]]),
    };
    expect(
      log.report(judge(others)).findings.filter(({ rule }) => rule === 'bad-signature'),
    ).toHaveLength(6);
    const nobody = log.report(judge({ ...log.trust, digestKeys: new Map() })).findings;
    expect(nobody).toMatchObject([{ rule: 'unverified', evidence: { length: 6 } }]);
  });

  it('takes no event for a digest that the log did not make of one', () => {
    const log = logOf();
    const forged = log.entries.map(({ index, leaf }) => ({
      index,
      leaf: { ...leaf, recv: { ...leaf.recv, adapter: 'native' } },
    }));
    expect(digestReport(forged, { expected: true }).findings).toMatchObject([
      { rule: 'no-digest' },
    ]);
    expect(digestReport(forged).findings).toEqual([]);
  });
});

describe('a file of records', () => {
  it('that is listed and never came, or came as another, is told', () => {
    expect(logOf(({ files }) => files.splice(3, 1)).report().findings).toMatchObject([
      { rule: 'missing-file', what: expect.stringMatching(/^1 of 2 files .*T0130Z_1/) },
    ]);
    const altered = logOf(({ files }) => {
      const [one] = files;
      if (one === undefined) return;
      const text = utf8Text(one.bytes).replace('GetSecretValue', 'ListSecrets');
      files[0] = { ...one, bytes: utf8(text) };
    });
    expect(altered.rules()).toEqual(['altered-file']);
    // Nobody said what it is called: it is one that is missing, and one that nobody lists.
    const unnamed = new TestLog();
    const hours = unnamed.trail.hours(3, { files: 1 });
    unnamed.digests(...hours.map(({ digest }) => digest));
    unnamed.files(...hours.slice(1).flatMap(({ files }) => files));
    const bytes = utf8(utf8Text(hours[0]?.files[0]?.bytes ?? utf8('')).replace('Get', 'Put'));
    unnamed.send('cloudtrail', bytes, {});
    expect(unnamed.rules()).toEqual(['missing-file', 'unlisted-file']);
  });

  it('that no digest lists is told once one could have listed it', () => {
    const log = logOf();
    log.files(log.trail.file(2, 7));
    expect(log.rules()).toEqual(['unlisted-file']);
    const young = logOf();
    young.files(young.trail.file(6, 0));
    expect(young.report()).toMatchObject({ findings: [], files: { waiting: 1 } });
    young.digests(...young.trail.hours(2, { files: 0 }).map(({ digest }) => digest));
    expect(young.rules()).toEqual(['unlisted-file']);
  });

  it('is named by each of its records, and records without one are told', () => {
    const log = logOf();
    const [record] = log.entries;
    const [file] = log.trail.hours(1);
    expect(record?.leaf.event.ctx?.parent_id).toBe(
      `sha256:${sha256Hex(new Trail(ACCOUNT, { keys: KEYS }).file(0, 0).bytes)}`,
    );
    const { Records: records } = JSON.parse(utf8Text(file?.files[0]?.bytes ?? utf8('')));
    log.send('cloudtrail', utf8(records.map((one: object) => JSON.stringify(one)).join('\n')), {});
    expect(log.report().findings).toMatchObject([
      { rule: 'loose-records', what: '2 records came in no file, so no digest can list them' },
    ]);
  });

  it('whose records came and whose end did not is told', () => {
    const log = logOf();
    const ends = log.entries.findIndex(({ leaf }) => leaf.recv.adapter === 'cloudtrail-file');
    log.entries.splice(ends, 1);
    expect(log.rules()).toEqual(['missing-file', 'incomplete-file']);
  });

  it('is found among hundreds that one digest lists', () => {
    const log = new TestLog();
    const hour = log.trail.hour({ files: 100 });
    log.digests(hour.digest).files(...hour.files);
    expect(log.report()).toMatchObject({ findings: [], files: { listed: 100, came: 100 } });
    expect(
      log.entries.filter(({ leaf }) => leaf.recv.adapter === 'cloudtrail-digest'),
    ).toHaveLength(4);
    log.entries.splice(1, 1);
    expect(log.rules()[0]).toBe('listing');
  });
});

function other(): string {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return publicKey.export({ format: 'der', type: 'pkcs1' }).toString('base64');
}
