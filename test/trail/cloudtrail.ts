import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { utf8, utf8Text } from '../../src/core/bytes.ts';
import { runVarve, sendEvent } from '../e2e/serve/asked.ts';
import { startServer } from '../e2e/server.ts';
import {
  BUCKET,
  Trail,
  type TrailDigest,
  type TrailFile,
  type TrailHour,
} from '../support/trail.ts';
import { validateLogs } from './aws-cli.ts';

/** Hours of each chain: as many digests, and two files of records for each. */
const HOURS = 24;
const HOUR_MS = 3_600_000;

/** What is sent of a trail. */
interface Sent {
  readonly trail: Trail;
  digests: TrailDigest[];
  files: TrailFile[];
}

/** What is done to a chain that was whole, and what `varve source` must find then: these rules and no other. */
interface Case {
  readonly name: string;
  readonly rules: readonly string[];
  readonly change: (sent: Sent, stranger: Trail) => void;
  /** Further flags. */
  readonly flags?: readonly string[];
  /** What `aws cloudtrail validate-logs` counts of it; undefined: it is not asked. */
  readonly aws?: string;
}

const CASES: readonly Case[] = [
  {
    name: 'a chain that is whole',
    rules: [],
    change: () => {},
    aws: '24/24 digest files valid; 48/48 log files valid',
  },
  {
    name: 'one that came backwards, and twice',
    rules: [],
    change(sent) {
      sent.digests = [...sent.digests.reverse(), ...sent.digests];
      sent.files = [...sent.files.reverse(), ...sent.files];
    },
  },
  {
    name: 'the first hours never sent: a beginning, and no break',
    rules: [],
    change(sent) {
      sent.digests.splice(0, 3);
      sent.files.splice(0, 6);
    },
  },
  {
    name: 'a digest missing',
    rules: ['missing-digest', 'unlisted-file'],
    change: ({ digests }) => digests.splice(9, 1),
    aws: '23/24 digest files valid, 1/24 digest files INVALID; 46/46 log files valid',
  },
  {
    name: 'a digest altered',
    rules: ['bad-signature', 'previous-hash', 'unlisted-file'],
    change({ digests }) {
      const one = digests[9] as TrailDigest;
      digests[9] = { ...one, bytes: altered(one.bytes, '_0.json', '_8.json') };
    },
    aws: '23/24 digest files valid, 1/24 digest files INVALID; 46/46 log files valid',
  },
  {
    name: 'a digest signed by another key',
    rules: ['bad-signature'],
    change({ trail, digests }, { keys }) {
      digests.push(trail.hour({ files: 0, key: keys.privateKey }).digest);
    },
  },
  {
    name: 'a digest of a key that nobody made known',
    rules: ['unverified'],
    change({ trail, digests }, { keys, fingerprint }) {
      const also = { digestPublicKeyFingerprint: fingerprint };
      digests.push(trail.hour({ files: 0, key: keys.privateKey, also }).digest);
    },
  },
  {
    name: 'another hash of the digest before',
    rules: ['previous-hash'],
    change({ trail, digests }) {
      const also = { previousDigestHashValue: 'ab'.repeat(32) };
      digests.push(trail.hour({ files: 0, also }).digest);
    },
  },
  {
    name: 'another signature of the digest before',
    rules: ['previous-signature'],
    change({ trail, digests }) {
      const also = { previousDigestSignature: 'ab'.repeat(256) };
      digests.push(trail.hour({ files: 0, also }).digest);
    },
  },
  {
    name: 'two digests after the same one',
    rules: ['fork'],
    change({ trail, digests }) {
      const after = digests.at(-2) as TrailDigest;
      digests.push(trail.hour({ files: 0, after, hour: HOURS - 1, also: { more: 'x' } }).digest);
    },
  },
  {
    name: 'a chain that begins anew',
    rules: ['new-chain'],
    change({ trail, digests }) {
      digests.push(trail.hour({ files: 0, after: null }).digest);
    },
  },
  {
    name: 'a file that no digest lists',
    rules: ['unlisted-file'],
    change: ({ trail, files }) => files.push(trail.file(5, 7)),
  },
  {
    name: 'a listed file missing',
    rules: ['missing-file'],
    change: ({ files }) => files.splice(11, 1),
    aws: '24/24 digest files valid; 47/48 log files valid, 1/48 log files INVALID',
  },
  {
    name: 'a file whose hash differs',
    rules: ['altered-file'],
    change({ files }) {
      const one = files[11] as TrailFile;
      files[11] = { ...one, bytes: altered(one.bytes, 'GetSecretValue', 'ListSecrets') };
    },
    aws: '24/24 digest files valid; 47/48 log files valid, 1/48 log files INVALID',
  },
  {
    name: 'no digest at all',
    rules: ['no-digest'],
    flags: ['--digests'],
    change(sent) {
      sent.digests = [];
    },
  },
];

/**
 * Chains of CloudTrail digests, each signed with a key of this test, packed as S3 holds them, sent to a server and judged
 * by `varve source`: one that is whole, and one for each way in which it can break.
 */
export async function sendTrails({
  check,
}: {
  check(holds: boolean, statement: string): void;
}): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'varve-trail-'));
  const keys = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const startMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - (HOURS + 3) * HOUR_MS;
  const stranger = new Trail('999999999999');
  const cases = CASES.map((one, i) => {
    const trail = new Trail(String(100_000_000_000 + i), { keys, startMs });
    const hours = trail.hours(HOURS);
    const sent = { trail, digests: hours.map(({ digest }) => digest), files: filesOf(hours) };
    one.change(sent, stranger);
    return { ...one, ...sent };
  });
  mkdirSync(join(work, 'keys'));
  const emitterKeys = join(work, 'keys', 'emitters.json');
  writeFileSync(emitterKeys, '{"cloudtrail":["aws.json"]}');
  writeFileSync(join(work, 'keys', 'aws.json'), JSON.stringify(cases[0]?.trail.publicKeyList));
  const server = await startServer({
    dataFolder: join(work, 'data'),
    index: true,
    flags: ['--emitter-keys', emitterKeys],
  });
  try {
    const { url, vkey } = server.log('main');
    for (const { files, digests } of cases) {
      for (const file of files) await sendFile(url, file);
      for (const digest of digests) await sendDigest(url, digest);
    }
    await sendEvent(url, 1, { wait: 'published' });
    const judge = (source: string, flags: readonly string[]) =>
      runVarve(['source', url, source, '--vkey', vkey, '--json', ...flags]);
    for (const { name, rules, trail, flags = [] } of cases) {
      const late = ['--accept', 'clock-late', ...flags];
      const ended = await judge(trail.source, late);
      const found = rulesOf(ended.stdout);
      const holds = found === rules.join() && ended.code === (rules.length === 0 ? 0 : 1);
      check(
        holds,
        `${name}: exit code ${ended.code}, ${found || 'nothing found'}${holds ? '' : ended.stderr}`,
      );
    }
    for (const { name, rules, aws, ...bucket } of cases) {
      if (aws === undefined) continue;
      const { code, stdout, stderr } = await validateLogs(bucket, startMs);
      const said = [...stdout.matchAll(/^[0-9]+\/[0-9]+ .*$/gm)].map(([line]) => line).join('; ');
      const holds = code === (rules.length === 0 ? 0 : 1) && said === aws;
      check(
        holds,
        `${name}, to AWS's own judge: exit code ${code}, ${said}${holds ? '' : stdout + stderr}`,
      );
    }
    const { source } = (cases[0] as (typeof cases)[number]).trail;
    const anew = await judge(source, ['--accept', 'clock-late', '--emitter-keys', emitterKeys]);
    check(anew.code === 0, 'the whole one, its signatures judged anew: exit code 0');
    const strict = await judge(source, []);
    check(
      strict.code === 1 && rulesOf(strict.stdout, true) === 'clock-late',
      'the whole one, a day late: exit code 1 where that is not accepted',
    );
  } finally {
    await server.stop();
    rmSync(work, { recursive: true, force: true });
  }
}

function filesOf(hours: readonly TrailHour[]): TrailFile[] {
  return hours.flatMap(({ files }) => [...files]);
}

function altered(bytes: Uint8Array, from: string, to: string): Uint8Array {
  return utf8(utf8Text(bytes).replace(from, to));
}

function sendFile(url: string, { object, bytes }: TrailFile): Promise<void> {
  return send(`${url}/ingest/cloudtrail`, bytes, {
    'content-location': `s3://${BUCKET}/${object}`,
  });
}

function sendDigest(url: string, { bytes, signature }: TrailDigest): Promise<void> {
  return send(`${url}/ingest/cloudtrail-digest`, bytes, { 'x-amz-meta-signature': signature });
}

async function send(url: string, bytes: Uint8Array, fields: Record<string, string>): Promise<void> {
  const header = { 'content-type': 'application/json', 'content-encoding': 'gzip', ...fields };
  const answer = await fetch(url, { method: 'POST', headers: header, body: gzipSync(bytes) });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${url}: ${answer.status} ${text}`);
}

/** The rules that were found, each once, in their order. */
function rulesOf(json: string, all = false): string {
  const { findings } = JSON.parse(json) as { readonly findings: readonly { rule: string }[] };
  const rules = new Set(findings.map(({ rule }) => rule));
  if (!all) rules.delete('clock-late');
  return [...rules].join();
}
