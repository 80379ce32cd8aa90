import { generateKeyPairSync, sign } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { utf8, utf8Text } from '../../src/core/bytes.ts';
import type { NhiEvent } from '../../src/event/nhi-event.ts';
import { isJsonObject } from '../../src/event/strict-json.ts';
import { ADAPTERS, type IngestTrust, ingest, NO_TRUST } from '../../src/ingest/ingest.ts';
import { digestKeyOf, signingKeyOf } from '../../src/ingest/trust.ts';
import { openIngestApp } from '../support/ingest-app.ts';
import { BUCKET, sha256Hex, Trail } from '../support/trail.ts';
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

describe('a CloudTrail digest', () => {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const trail = new Trail('111122223333', { keys });
  const published = keys.publicKey.export({ format: 'der', type: 'pkcs1' }).toString('base64');
  const trust = { ...NO_TRUST, digestKeys: new Map([[trail.fingerprint, digestKeyOf(published)]]) };
  const [first, second] = trail.hours(2);
  if (first === undefined || second === undefined) throw new Error('two hours');

  it('becomes a heartbeat that carries the checkpoint, and all that the next one is held to', () => {
    const { bytes, signature, object } = second.digest;
    const headers = { 'x-amz-meta-signature': signature };
    const event = eventOf('cloudtrail-digest', utf8Text(bytes), trust, headers);
    const previous = `sha256:${sha256Hex(first.digest.bytes)}`;
    expect(event).toMatchObject({
      kind: 'source.heartbeat',
      src: { id: trail.source },
      outcome: { result: 'success' },
      time: { occurred: '2026-11-20T02:00:00Z' },
      cred: { id: trail.fingerprint },
      body: {
        period_s: 3_600,
        chain: {
          result: 'verified',
          id: object,
          digest: `sha256:${sha256Hex(bytes)}`,
          prev_digest: previous,
          files: 2,
        },
      },
      artifact: {
        name: `${BUCKET}/${object}`,
        sig_ref: signature,
        prov_ref: first.digest.signature,
      },
      res: [
        { type: 'cloudtrail.digest', id: `${BUCKET}/${first.digest.object}`, digest: previous },
        ...second.files.map((file) => ({
          type: 'cloudtrail.file',
          id: `${BUCKET}/${file.object}`,
          digest: `sha256:${sha256Hex(file.bytes)}`,
        })),
      ],
    });
  });

  it('that does not verify is kept, and says so', () => {
    const { bytes, signature } = first.digest;
    const text = utf8Text(bytes);
    const judged = (body: string, made: string | null, by: IngestTrust = trust): string => {
      const headers: Record<string, string> = made === null ? {} : { 'x-amz-meta-signature': made };
      const { body: kept, outcome } = eventOf('cloudtrail-digest', body, by, headers);
      const chain = kept?.['chain'];
      return `${isJsonObject(chain) ? chain['result'] : 'none'} ${outcome.result}`;
    };
    expect(judged(text, signature)).toBe('verified success');
    expect(judged(text.replace('_0.json', '_9.json'), signature)).toBe('broken failure');
    expect(judged(text, second.digest.signature)).toBe('broken failure');
    expect(judged(text, 'no hex')).toBe('broken failure');
    expect(judged(text, null)).toBe('unverified unknown');
    expect(judged(text, signature, NO_TRUST)).toBe('unverified unknown');
  });
});
