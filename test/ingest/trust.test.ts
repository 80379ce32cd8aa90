import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src/core/bytes.ts';
import type { NhiEvent } from '../../src/event/nhi-event.ts';
import { findChainBreak, isListed, type SignedDigest } from '../../src/ingest/cloudtrail-digest.ts';
import { ADAPTERS, type IngestTrust, ingest, NO_TRUST } from '../../src/ingest/ingest.ts';
import { digestKeyOf, signingKeyOf } from '../../src/ingest/trust.ts';
import { openIngestApp } from '../support/ingest-app.ts';
import { headersOf, testContext } from './golden.ts';

const ISSUER = 'https://idp.acme.test/';
const EVENTS = {
  'https://schemas.openid.net/secevent/caep/event-type/session-revoked': { event_timestamp: 1 },
};

function eventOf(
  name: string,
  body: string,
  trust: IngestTrust,
  headers: Record<string, string> = {},
): NhiEvent {
  const adapter = ADAPTERS.get(name);
  if (adapter === undefined) throw new Error(`no adapter ${name}`);
  const context = { ...testContext(name), trust };
  const sent = { body: utf8(body), headers: headersOf(headers) };
  const [item] = ingest(adapter, sent, context);
  if (item === undefined) throw new Error('nothing');
  return item.event.event;
}

describe('a security event token', () => {
  it.each(['ES256', 'RS256', 'EdDSA'])(
    'signed with %s is verified with the key of its issuer',
    async (alg) => {
      const { publicKey, privateKey } = await generateKeyPair(alg);
      const jwk = { ...(await exportJWK(publicKey)), kid: 'k1' };
      const token = await new SignJWT({ events: EVENTS })
        .setProtectedHeader({ alg, typ: 'secevent+jwt', kid: 'k1' })
        .setIssuer(ISSUER)
        .setJti(`jti-${alg}`)
        .setIssuedAt(1_763_630_950)
        .sign(privateKey);
      const trust = { ...NO_TRUST, issuers: new Map([[ISSUER, [signingKeyOf(jwk)]]]) };
      expect(eventOf('caep', token, trust)).toMatchObject({
        kind: 'token.revoke',
        id: `jti-${alg}`,
        ext: { 'nhi.signature': 'verified' },
      });
      expect(eventOf('caep', token, NO_TRUST).ext?.['nhi.signature']).toBe('unverified');
      const other = await generateKeyPair(alg);
      const wrong = { ...(await exportJWK(other.publicKey)), kid: 'k1' };
      const distrust = { ...NO_TRUST, issuers: new Map([[ISSUER, [signingKeyOf(wrong)]]]) };
      expect(() => eventOf('caep', token, distrust)).toThrow(/^ingest.bad-signature/);
      // The header is the attacker's: with no algorithm, or another, no key made it.
      const [, claims, signature] = token.split('.');
      for (const forged of ['none', 'HS256', 'ES384']) {
        const header = Buffer.from(JSON.stringify({ alg: forged, kid: 'k1' })).toString(
          'base64url',
        );
        expect(() => eventOf('caep', `${header}.${claims}.${signature}`, trust)).toThrow(
          /^ingest.bad-signature/,
        );
      }
    },
  );

  it('is answered as RFC 8935 asks', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const key = signingKeyOf({ ...(await exportJWK(publicKey)), kid: 'k1' });
    await using app = await openIngestApp({
      ingestTrust: { ...NO_TRUST, issuers: new Map([[ISSUER, [key]]]) },
    });
    const type = { 'content-type': 'application/secevent+jwt' };
    const token = await new SignJWT({ events: EVENTS })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .setIssuer(ISSUER)
      .setJti('j-1')
      .sign(privateKey);
    const good = await app.post('/main/ingest/caep', token, type);
    expect([good.status, await good.text()]).toEqual([202, '']);
    const forged = await app.post('/main/ingest/caep', `${token.slice(0, -4)}AAAA`, type);
    expect([forged.status, await forged.json()]).toMatchObject([400, { err: 'invalid_key' }]);
    const broken = await app.post('/main/ingest/caep', 'no token', type);
    expect([broken.status, await broken.json()]).toMatchObject([400, { err: 'invalid_request' }]);
    expect(await app.leaves()).toHaveLength(1);
  });
});

describe('a token of GitHub Actions', () => {
  it('is verified, and kept without what makes it usable', async () => {
    const { publicKey, privateKey } = await generateKeyPair('RS256');
    const key = signingKeyOf({ ...(await exportJWK(publicKey)), kid: 'k1' });
    const trust = { ...NO_TRUST, issuers: new Map([[ISSUER, [key]]]) };
    const claims = { sub: 'repo:acme/billing:ref:refs/heads/main', run_id: '7' };
    const make = (more: object): Promise<string> =>
      new SignJWT({ ...claims, ...more })
        .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
        .setIssuer(ISSUER)
        .setJti('j-1')
        .sign(privateKey);
    const token = await make({});
    const type = { 'content-type': 'application/jwt' };
    expect(eventOf('github-oidc', token, trust, type)).toMatchObject({
      kind: 'token.mint',
      id: 'j-1',
      cred: { id: 'j-1' },
      ext: { 'nhi.signature': 'verified' },
    });
    expect(eventOf('github-oidc', token, NO_TRUST, type).ext?.['nhi.signature']).toBe('unverified');
    expect(() => eventOf('github-oidc', `${token.slice(0, -8)}AAAAAAAA`, trust, type)).toThrow(
      /^ingest.bad-signature/,
    );
    const claimed = await make({ token: 'x' });
    expect(() => eventOf('github-oidc', claimed, trust, type)).toThrow(/^ingest.malformed/);
    expect(() => eventOf('github-oidc', '{}', trust, type)).toThrow(/^ingest.malformed/);
    // Unmapped, what was sent is kept to be opened: then too nobody can use it.
    const unmapped = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256' })
      .sign(privateKey);
    const adapter = ADAPTERS.get('github-oidc');
    if (adapter === undefined) throw new Error('no adapter');
    const sent = { body: utf8(unmapped), headers: headersOf(type) };
    const [item] = ingest(adapter, sent, testContext('github-oidc'));
    expect(item?.event.event.kind).toBe('unmapped');
    expect(Buffer.from(item?.raw ?? []).toString()).toBe(
      unmapped.slice(0, unmapped.lastIndexOf('.')),
    );
  });
});

describe('a DSSE envelope', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const payloadType = 'application/vnd.in-toto+json';
  const payload = utf8(
    '{"_type":"https://in-toto.io/Statement/v1","predicateType":"x","subject":[]}',
  );
  const pae = (bytes: Uint8Array): Buffer =>
    Buffer.concat([utf8(`DSSEv1 ${payloadType.length} ${payloadType} ${bytes.length} `), bytes]);
  const envelope = (signed: Uint8Array): string =>
    JSON.stringify({
      payloadType,
      payload: Buffer.from(payload).toString('base64'),
      signatures: [{ keyid: '', sig: sign(null, pae(signed), privateKey).toString('base64') }],
    });
  const trust = { ...NO_TRUST, attesters: [{ kid: null, key: publicKey }] };

  it('is verified with the key of its attester, and refused if no known key signed it', () => {
    expect(eventOf('dsse', envelope(payload), trust)).toMatchObject({
      kind: 'artifact.attest',
      ext: { 'nhi.signature': 'verified' },
    });
    expect(() => eventOf('dsse', envelope(utf8('{}')), trust)).toThrow(/^ingest.bad-signature/);
  });
});

describe('a chain of CloudTrail digests', () => {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const fingerprint = '31e8b5433410dfb61a9dc45cc65b22ff';
  const published = keys.publicKey.export({ format: 'der', type: 'pkcs1' }).toString('base64');
  const trust = { ...NO_TRUST, digestKeys: new Map([[fingerprint, digestKeyOf(published)]]) };
  const files = {
    object: 'AWSLogs/1/CloudTrail/eu-west-1/a.json.gz',
    bytes: utf8('{"Records":[]}'),
  };
  const chain = chainOf(4, keys.privateKey);

  it('holds', () => {
    expect(findChainBreak(chain, trust)).toBeNull();
    expect(isListed(JSON.parse(Buffer.from(chain[0]?.bytes ?? []).toString()), files)).toBe(true);
    expect(
      isListed(JSON.parse(Buffer.from(chain[0]?.bytes ?? []).toString()), {
        ...files,
        bytes: utf8('x'),
      }),
    ).toBe(false);
  });

  it('breaks where a digest was left out, altered, or signed by another key', () => {
    const [a, b, c, d] = chain as [SignedDigest, SignedDigest, SignedDigest, SignedDigest];
    expect(findChainBreak([a, c, d], trust)).toEqual({ index: 1, why: 'link' });
    const altered = {
      ...b,
      bytes: utf8(Buffer.from(b.bytes).toString().replace('a.json', 'b.json')),
    };
    expect(findChainBreak([a, altered, c], trust)).toEqual({ index: 1, why: 'signature' });
    const other = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
    expect(findChainBreak(chainOf(2, other), trust)).toEqual({ index: 0, why: 'signature' });
    expect(findChainBreak(chain, NO_TRUST)).toEqual({ index: 0, why: 'unverified' });
    expect(findChainBreak([{ ...a, signature: null }], trust)).toEqual({
      index: 0,
      why: 'unverified',
    });
  });

  it('becomes heartbeats that carry its checkpoints, broken ones too', () => {
    for (const { bytes, signature } of chain) {
      const headers = { 'x-amz-meta-signature': signature ?? '' };
      const event = eventOf('cloudtrail-digest', Buffer.from(bytes).toString(), trust, headers);
      expect(event).toMatchObject({
        kind: 'source.heartbeat',
        src: { id: 'aws:cloudtrail:111122223333:eu-west-1' },
        body: { chain: { result: 'verified', digest: `sha256:${sha256Hex(bytes)}`, files: 1 } },
      });
    }
    const [first] = chain;
    const text = Buffer.from(first?.bytes ?? []).toString();
    const headers = { 'x-amz-meta-signature': first?.signature ?? '' };
    const broken = eventOf('cloudtrail-digest', text.replace('a.json', 'b.json'), trust, headers);
    expect(broken.body).toMatchObject({ chain: { result: 'broken' } });
    expect(broken.outcome.result).toBe('failure');
  });

  function chainOf(length: number, key: KeyObject): readonly SignedDigest[] {
    const made: SignedDigest[] = [];
    for (let hour = 0; hour < length; hour++) {
      const before = made.at(-1);
      const digest = {
        awsAccountId: '111122223333',
        digestStartTime: `2026-11-20T0${hour}:01:31Z`,
        digestEndTime: `2026-11-20T0${hour + 1}:01:31Z`,
        digestS3Bucket: 'amzn-s3-demo-bucket',
        digestS3Object: `AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/11/20/${hour}.json.gz`,
        digestPublicKeyFingerprint: fingerprint,
        digestSignatureAlgorithm: 'SHA256withRSA',
        previousDigestHashValue: before === undefined ? null : sha256Hex(before.bytes),
        previousDigestSignature: before?.signature ?? null,
        logFiles: [{ s3Object: files.object, hashValue: sha256Hex(files.bytes) }],
      };
      const bytes = utf8(JSON.stringify(digest));
      const { digestEndTime, digestS3Bucket, digestS3Object } = digest;
      const message = `${digestEndTime}\n${digestS3Bucket}/${digestS3Object}\n${sha256Hex(bytes)}\n${before?.signature ?? 'null'}`;
      made.push({ bytes, signature: sign('sha256', utf8(message), key).toString('hex') });
    }
    return made;
  }
});

function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
