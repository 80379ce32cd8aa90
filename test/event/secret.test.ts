import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/event/canonical.ts';
import { literalScan } from '../../src/event/literal-scan.ts';
import type { NhiEvent } from '../../src/event/nhi-event.ts';
import { findSecret, findSecretInEvent, secretInText } from '../../src/event/secret.ts';
import { secretInValue } from '../../src/event/secret-in-value.ts';
import { SECRET_PATTERNS } from '../../src/event/secret-patterns.ts';
import type { JsonValue } from '../../src/event/strict-json.ts';
import { inputNames, inputsOf } from '../ingest/golden.ts';
import { bytesOf, readVectors } from './vectors.ts';

/** Random-looking text of an alphabet: put together here, so that no scanner of repositories finds a secret. */
function random(length: number, alphabet: string, seed: string): string {
  let text = '';
  for (let i = 0; text.length < length; i++) {
    for (const byte of createHash('sha256').update(`${seed}${i}`).digest()) {
      text += alphabet.charAt(byte % alphabet.length);
    }
  }
  return text.slice(0, length);
}

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const DIGITS = '0123456789';
const ALNUM = `${UPPER}${UPPER.toLowerCase()}${DIGITS}`;
const B64URL = `${ALNUM}-_`;
const HEX = '0123456789abcdef';

function secretsOf(seed: string): readonly (readonly [name: string, secret: string])[] {
  const a = (length: number, alphabet = ALNUM): string => random(length, alphabet, seed);
  const jwtPart = `ey${'J'}${a(20)}`;
  return [
    ['private-key', `-----BEGIN ${'RSA PRIVATE'} KEY-----\nMII${a(40)}`],
    ['private-key', `-----BEGIN ${'PRIVATE'} KEY-----\n${a(40)}`],
    ['private-key', `-----BEGIN ${'OPENSSH PRIVATE'} KEY-----`],
    ['private-key', `-----BEGIN ${'PGP PRIVATE'} KEY BLOCK-----`],
    [
      'private-key',
      Buffer.from(`-----BEGIN ${'RSA PRIVATE'} KEY-----\n${a(64)}`).toString('base64'),
    ],
    ['private-key', `AGE-SECRET-KEY-1${a(58, UPPER + DIGITS)}`],
    ['github-token', `ghp_${a(36)}`],
    ['github-token', `gho_${a(36)}`],
    ['github-token', `ghs_${a(36)}`],
    ['github-token', `github_pat_${a(22)}_${a(59)}`],
    ['gitlab-token', `glpat-${a(20, B64URL)}`],
    ['gitlab-token', `glrt-${a(24, B64URL)}`],
    ['vault-token', `hvs.${a(90, B64URL)}`],
    ['vault-token', `hvb.${a(120, B64URL)}`],
    ['vault-token', `s.${a(24)}`],
    ['slack-token', `xoxb-${a(12, DIGITS)}-${a(24)}`],
    ['slack-token', `xoxp-${a(12, DIGITS)}-${a(24)}`],
    ['slack-token', `https://hooks.slack.com/services/T${a(8)}/B${a(8)}/${a(24)}`],
    ['json-web-token', `${jwtPart}.${jwtPart}.${a(43, B64URL)}`],
    ['json-web-token', `${jwtPart}..${a(16, B64URL)}.${a(40, B64URL)}.${a(22, B64URL)}`],
    ['bearer-token', `Bearer ${a(40)}`],
    ['basic-credentials', `Authorization: Basic ${a(24)}`],
    ['basic-credentials', `Basic ${Buffer.from(`ci:${a(16)}`).toString('base64')}`],
    ['package-token', `npm_${a(36)}`],
    ['package-token', `pypi-Ag${a(80, B64URL)}`],
    ['model-key', `sk-ant-api03-${a(93, B64URL)}`],
    ['model-key', `sk-proj-${a(60, B64URL)}`],
    ['model-key', `hf_${a(34)}`],
    ['google-key', `AIza${a(35, B64URL)}`],
    ['google-key', `GOCSPX-${a(28, B64URL)}`],
    ['azure-key', `DefaultEndpointsProtocol=https;AccountKey=${a(86)}==`],
    ['azure-key', `${a(3)}8Q~${a(34)}`],
    ['aws-secret-key', `aws_secret_access_key = ${a(40)}`],
    ['aws-key-pair', `AKIA${a(16, UPPER + DIGITS)} ${a(37)}aZ9`],
    ['aws-session-token', `IQoJb3JpZ2lu${a(200)}`],
    ['aws-session-token', `AWS_SESSION_TOKEN=${a(120)}`],
    ['signed-url', `https://acme.test/c?sv=2024&sig=${a(43)}%3D`],
    ['signed-url', `https://acme.test/o?X-Amz-Signature=${a(64, HEX)}`],
    ['assigned-secret', `password=${a(17)}aZ9`],
    ['assigned-secret', `DB_PASSWORD: ${a(17)}aZ9`],
    ['assigned-secret', `{"client_secret":"${a(17)}aZ9"}`],
    ['assigned-secret', `--password ${a(17)}aZ9 --host db`],
    ['assigned-secret', `api_key='${a(17)}aZ9'`],
    ['payment-key', `sk_live_${a(24)}`],
    ['service-token', `SG.${a(22, B64URL)}.${a(43, B64URL)}`],
    ['service-token', `dop_v1_${a(64, HEX)}`],
    ['service-token', `glsa_${a(32)}_${a(8, HEX)}`],
    ['password-in-url', `postgres://app:${a(12)}@db.acme.test/main`],
    ['password-in-url', `https://:${a(20)}@git.acme.test/x`],
  ];
}

const tool = readVectors<readonly { event: NhiEvent }[]>('event-valid')[0]?.event as NhiEvent;

function find(change: Partial<NhiEvent>): string | null {
  return findSecretInEvent(canonicalJson({ ...tool, ...change } as unknown as JsonValue));
}

/** Escaped as in the query of an address. */
function addressOf(secret: string): string {
  return `/v1/x?q=${encodeURIComponent(secret)}&y=1`;
}

describe('the secret scanner', () => {
  it('finds a secret of each pattern, wherever it stands, and tells its name alone', () => {
    const found = new Set<string>();
    for (const seed of ['a', 'b', 'c']) {
      for (const [name, secret] of secretsOf(seed)) {
        found.add(name);
        const places: readonly (readonly [string, Partial<NhiEvent>])[] = [
          ['alone', { cred: { type: 'other', id: secret } }],
          ['in words', { outcome: { result: 'failure', error: `refused: "${secret}"; next` } }],
          ['in an array', { cred: { type: 'other', scopes: ['a', secret] } }],
          ['deep in ext', { ext: { 'com.example.x': [{ y: ['z', secret] }] } }],
          ['in an address', { outcome: { result: 'failure', error: addressOf(secret) } }],
          ['in JSON', { outcome: { result: 'failure', error: JSON.stringify({ x: secret }) } }],
          ['as a name', { ext: { 'com.example.x': { [secret]: 1 } } }],
        ];
        for (const [place, change] of places) {
          // Only beside its id is the secret half of a pair known: as one text it always is.
          expect([name, place, find(change)]).toEqual([name, place, name]);
        }
        expect(secretInText(secret)).toBe(name);
      }
    }
    expect([...found].sort()).toEqual(SECRET_PATTERNS.map(({ name }) => name).sort());
  });

  it('finds the halves of an AWS pair in two members', () => {
    const id = `ASIA${random(16, UPPER + DIGITS, 'id')}`;
    const secret = `${random(37, ALNUM, 'pair')}aZ9`;
    expect(find({ cred: { type: 'aws_sts', id } })).toBe(null);
    expect(find({ ext: { 'com.example.k': secret } })).toBe(null);
    expect(find({ cred: { type: 'aws_sts', id }, ext: { 'com.example.k': secret } })).toBe(
      'aws-key-pair',
    );
    expect(find({ ext: { 'com.example.k': { SecretAccessKey: secret } } })).toBe('aws-secret-key');
  });

  it('lets pass what names a credential and is none', () => {
    const names = [
      `AKIA${random(16, UPPER + DIGITS, 'x')}`,
      'AROAEXAMPLE:session',
      'arn:aws:iam::123456789012:role/Deploy',
      'hmac-sha256:11376dc841da',
      'ghp_short',
      'risk-score sk-1',
      's.example.test',
      's.exampleexampleexampleexam',
      'eyJhbGciOiJFUzI1NiJ9..c2lnbmF0dXJlLXRoYXQtaXMtZGV0YWNoZWQ',
      '-----BEGIN PUBLIC KEY-----',
      '-----BEGIN CERTIFICATE-----',
      'spiffe://acme.test/ns/prod@v1',
      'https://user:***@acme.test/',
      'https://user:<redacted>@acme.test/',
      'git@github.com:acme/billing.git',
      'mailto:alice@acme.test',
      'basic authentication failed',
      'the bearer of this',
      '7ea3a2f1-afc1-45aa-a5f7-589c43b91526',
      '5acdeadbeef64d1a62388e901e5cdc9358644b37',
      '-Q~',
      'password: changed',
      'password=********',
      'password=$DB_PASSWORD',
      'secret=secret/data/prod/db',
      'secret: arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/Db-AbC1dE',
      'token=tok-9f3',
      'token: BuildAgentRunner0001',
      'next_token=AbC1dEf2GhI3jKl4MnO5pQr6',
      'token_id: 4Fz8Qa7bKx2mVn0tLp9w',
      'api_key_id=4Fz8Qa7bKx2mVn0tLp9w',
      'password=hmac-sha256:80b3ad2d438bfafa1ea690c5a59f54548dcc76ad6a839c67',
      'password policy: at least 12 Characters',
      'https://acme.test/?next=%2Fhome%3Fa%3D1',
      'Basic aW5mb3JtYXRpb24gd2l0aG91dCBjb2xvbg==',
      'commit sha1: 5acdeadbeef64d1a62388e901e5cdc9358644b37',
    ];
    for (const id of names) {
      expect([
        id,
        find({ cred: { type: 'other', id }, outcome: { result: 'failure', error: id } }),
      ]).toEqual([id, null]);
    }
    for (const { event } of readVectors<readonly { event: NhiEvent }[]>('event-valid')) {
      expect(findSecretInEvent(canonicalJson(event as unknown as JsonValue))).toBe(null);
    }
  });

  it('lets pass every input of an emitter that holds none, and every event', () => {
    const flagged: string[] = [];
    for (const adapter of inputNames()) {
      for (const { name, body } of inputsOf(adapter)) {
        const found = findSecret(bytesOf(body));
        if (found !== null) flagged.push(`${adapter}: ${name}: ${found}`);
      }
    }
    // A security event is a signed token, whatever it says.
    const others = flagged.filter((one) => !one.startsWith('caep: '));
    expect(others.length).toBeGreaterThan(10);
    expect(others.filter((one) => !/ a usable secret| tokens in the clear/.test(one))).toEqual([]);
  });

  it('lets pass identifiers, however random, under any name that emitters give them', () => {
    const identifier = fc.oneof(
      fc.uuid(),
      fc.stringMatching(/^[0-9a-f]{16}$|^[0-9a-f]{32}$|^[0-9a-f]{40}$|^[0-9a-f]{64}$/),
      fc.stringMatching(/^spiffe:\/\/[a-z]{3,9}\.test\/ns\/[a-z]{3,9}\/sa\/[a-z0-9-]{3,20}$/),
      fc.stringMatching(/^arn:aws:iam::[0-9]{12}:role\/[A-Za-z0-9]{4,30}$/),
      fc.stringMatching(/^(?:AKIA|ASIA|AROA)[A-Z0-9]{16}$/),
      fc.stringMatching(/^hmac-sha256:[0-9a-f]{64}$/),
      fc.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/),
      fc.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/),
      fc.stringMatching(/^[a-z]{2,9}(?:-[a-z0-9]{2,9}){1,4}$/),
      fc.stringMatching(/^[A-Z][a-z]{2,9}(?:[A-Z][a-z]{2,9}){0,3}[0-9]{0,4}$/),
      fc.stringMatching(/^[a-z]{3,8}\.[a-z]{3,8}@acme\.test$/),
      fc.stringMatching(/^projects\/[a-z]{3,9}\/secrets\/[a-z-]{3,12}\/versions\/[0-9]{1,3}$/),
    );
    const name = fc.constantFrom(
      ...['id', 'jti', 'token_id', 'credential_id', 'accessKeyId', 'accessor', 'key_id', 'secret'],
      ...['secretId', 'token', 'nextToken', 'thumbprint', 'sessionName', 'x-request-id', 'etag'],
    );
    fc.assert(
      fc.property(name, identifier, (member, text) => {
        const ext = { 'com.example.x': { [member]: text, list: [`${member}: ${text}`] } };
        expect(find({ ext, cred: { type: 'other', id: text } })).toBe(null);
      }),
      { numRuns: 3_000 },
    );
  });

  it('judges the names of what is withheld, and not its digests', () => {
    const secret = `ghp_${random(36, ALNUM, 'n')}`;
    const digest = random(43, ALNUM, 'd');
    expect(find({ sd: { [`/in/${secret}`]: digest } })).toBe('github-token');
    const unlucky = `hf_${random(40, ALNUM, 'sd')}`;
    expect(find({ sd: { '/in/x': unlucky } })).toBe(null);
    // In anything but an event these are names as any other.
    expect(findSecret(canonicalJson({ sd: { x: secret }, src: { prev: secret } }))).toBe(
      'github-token',
    );
  });

  it('judges a withheld value beside its name, and what its base64 says', () => {
    const password = `${random(17, ALNUM, 'p')}aZ9`;
    const judge = (pointer: string, value: JsonValue): string | null =>
      secretInValue({ pointer, value }, 16);
    expect(judge('/tool/args/password', password)).toBe('assigned-secret');
    expect(judge('/tool/args/title', password)).toBe(null);
    const token = `ghp_${random(36, ALNUM, 'b')}`;
    for (const text of [token, `x ${token}`, `xy ${token}\n`, JSON.stringify({ a: token })]) {
      const bytes = Buffer.from(text);
      expect(judge('/a', { b: [bytes.toString('base64')] })).toBe('github-token');
      expect(judge('/a', bytes.toString('base64url'))).toBe('github-token');
    }
    fc.assert(
      fc.property(fc.base64String({ minLength: 24 }), (text) => {
        expect(judge('/a', text)).toBe(null);
      }),
    );
  });

  it('takes no digest for a secret', () => {
    for (let i = 0; i < 20_000; i++) {
      const sum = createHash('sha256').update(String(i)).digest();
      const digest = sum.toString('base64url');
      const root = sum.toString('base64');
      const prev = sum.toString('hex');
      const change: Partial<NhiEvent> = {
        src: { ...tool.src, seq: 1, prev },
        sd: { '/a': digest, '/b': digest },
        ctx: { seen: { size: 1, root, note: root } },
        change: { before: `sha256:${prev}`, after: `sha256-${root}` },
      };
      expect(find(change)).toBe(null);
    }
    const unlucky = `hf_${random(40, ALNUM, 'sd')}`.slice(0, 43);
    expect(find({ sd: { '/a': unlucky } })).toBe(null);
  });

  it('reads any bytes', () => {
    expect(findSecret(new Uint8Array(0))).toBe(null);
    expect(findSecret(bytesOf('no event, but ghp_'))).toBe(null);
    expect(findSecret(bytesOf(`no event, but ghp_${random(36, ALNUM, 'q')}`))).toBe('github-token');
    expect(findSecret(bytesOf(`${'['.repeat(100_000)}"ghp_${random(36, ALNUM, 'q')}`))).toBe(
      'github-token',
    );
    expect(findSecret(new Uint8Array([0xff, 0x67, 0x68, 0x70, 0x5f]))).toBe(null);
  });

  it('matches no pattern where none of its literals stands', () => {
    for (const seed of ['a', 'b', 'c']) {
      for (const [name, secret] of secretsOf(seed)) {
        const { literals } = SECRET_PATTERNS.find((one) => one.name === name) ?? { literals: [] };
        const text = `"${secret}"`;
        expect([name, literals.some((literal) => text.includes(literal))]).toEqual([name, true]);
      }
    }
  });
});

describe('the scan for literals', () => {
  it('finds what indexOf finds, literals that overlap and that lie in one another too', () => {
    const words = ['a', 'ab', 'bab', 'bc', 'bca', 'c', 'caa', 'aaaa', 'cb'];
    const scan = literalScan(words.map((text, group) => ({ text, group })));
    for (let n = 0; n < 3_000; n++) {
      const text = random(1 + (n % 12), 'abc', `t${n}`);
      const expected = words.reduce(
        (sum, word, group) => sum + (text.includes(word) ? 2 ** group : 0),
        0,
      );
      expect(scan(bytesOf(text))).toBe(expected);
    }
    expect(scan(bytesOf('\u00e9\u4e2d'))).toBe(0);
  });
});
