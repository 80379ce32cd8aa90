import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, SignJWT } from 'jose';

import type { Report } from '../report.ts';
import { startServer } from '../server.ts';
import { ask, runVarve, same } from './asked.ts';

const ISSUER = 'https://token.actions.githubusercontent.com';
const FINGERPRINT = '31e8b5433410dfb61a9dc45cc65b22ff';

/** What emitters sign, held against the keys of `--emitter-keys` and of a configuration. */
export async function emitters(report: Report, work: string): Promise<void> {
  const folder = join(work, 'emitters');
  mkdirSync(folder);
  const keys = {
    issuer: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    trail: generateKeyPairSync('rsa', { modulusLength: 2_048 }),
    builder: generateKeyPairSync('ed25519'),
    stranger: generateKeyPairSync('ed25519'),
  };
  const file = join(folder, 'keys.json');
  const write = (name: string, content: unknown): void =>
    writeFileSync(
      join(folder, name),
      typeof content === 'string' ? content : JSON.stringify(content),
    );
  write('keys.json', {
    issuers: [{ issuer: ISSUER, jwks: 'jwks.json' }],
    cloudtrail: ['aws.json'],
    attesters: ['builder.pem'],
  });
  write('jwks.json', { keys: [{ ...(await exportJWK(keys.issuer.publicKey)), kid: 'k1' }] });
  const value = keys.trail.publicKey.export({ format: 'der', type: 'pkcs1' }).toString('base64');
  write('aws.json', { PublicKeyList: [{ Value: value, Fingerprint: FINGERPRINT }] });
  write('builder.pem', keys.builder.publicKey.export({ format: 'pem', type: 'spki' }).toString());
  write('varve.json', { emitterKeys: file });

  await report.check('what emitters sign is verified, and a forgery is refused', async () => {
    const server = await startServer({
      dataFolder: join(folder, 'data'),
      flags: ['--emitter-keys', file],
      waitsUntil: 'listening',
    });
    try {
      const { url } = server.log('main');
      const token = await tokenOf(keys.issuer.privateKey);
      const jwt = { header: { 'Content-Type': 'application/jwt' } };
      const oidc = `${url}/ingest/github-oidc`;
      same('a token', (await ask(oidc, { ...jwt, body: token })).status, 200);
      const forged = await ask(oidc, { ...jwt, body: `${token.slice(0, -8)}AAAAAAAA` });
      same('a forged token', forged.code, 'ingest.bad-signature');
      const set = { header: { 'Content-Type': 'application/secevent+jwt' } };
      const pushed = await ask(`${url}/ingest/caep`, { ...set, body: token.replace('.', '.AA') });
      same('a token that is no event', pushed.status, 400);
      const dsse = `${url}/ingest/dsse`;
      const signed = envelopeOf(keys.builder.privateKey);
      same('an envelope', (await ask(dsse, { body: signed })).status, 200);
      const alien = await ask(dsse, { body: envelopeOf(keys.stranger.privateKey) });
      same('an envelope of a stranger', alien.code, 'ingest.bad-signature');
      const digest = digestOf(keys.trail.privateKey);
      const header = {
        'Content-Type': 'application/json',
        'x-amz-meta-signature': digest.signature,
      };
      const trail = `${url}/ingest/cloudtrail-digest`;
      same('a digest', (await ask(trail, { body: digest.body, header })).status, 200);
      const texts: string[] = [];
      for (let i = 1; i <= 3; i++) texts.push(await published(`${url}/entries/${i}`));
      const [one = '', two = '', three = ''] = texts;
      for (const text of [one, two]) {
        same('verified', text.includes('"nhi.signature":"verified"'), true);
      }
      same('the digest', three.includes('"result":"verified"'), true);
      const signature = token.slice(token.lastIndexOf('.') + 1);
      same('the signature of the token', texts.join().includes(signature), false);
      return 'token, envelope, digest';
    } finally {
      await server.stop();
    }
  });

  await report.check(
    'a configuration names the same file, and a broken one stops the start',
    async () => {
      const config = join(folder, 'varve.json');
      const server = await startServer({
        dataFolder: join(folder, 'data2'),
        flags: ['--config', config],
        waitsUntil: 'listening',
      });
      try {
        const body = envelopeOf(keys.stranger.privateKey);
        const answer = await ask(`${server.log('main').url}/ingest/dsse`, { body });
        same('an envelope of a stranger', answer.code, 'ingest.bad-signature');
      } finally {
        await server.stop();
      }
      write('builder.pem', 'no key');
      const data = join(folder, 'data3');
      const ended = await runVarve(['serve', '--data', data, '--listen', '0', '--config', config]);
      same('exit code', ended.code, 2);
      same('its words', ended.stderr.includes('builder.pem'), true);
      return 'builder.pem';
    },
  );
}

async function published(url: string): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const { status, text } = await ask(url);
    if (status === 200) return text;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${url} is not published`);
}

function tokenOf(key: Parameters<SignJWT['sign']>[0]): Promise<string> {
  return new SignJWT({ sub: 'repo:acme/billing:environment:production', run_id: '77' })
    .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
    .setIssuer(ISSUER)
    .setAudience('sts.example')
    .setIssuedAt(1_763_630_750)
    .setJti('jti-1')
    .sign(key);
}

function envelopeOf(key: Parameters<typeof sign>[2]): string {
  const payloadType = 'application/vnd.in-toto+json';
  const payload = Buffer.from('{"_type":"https://in-toto.io/Statement/v1","subject":[]}');
  const head = `DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `;
  const sig = sign(null, Buffer.concat([Buffer.from(head), payload]), key).toString('base64');
  return JSON.stringify({
    payloadType,
    payload: payload.toString('base64'),
    signatures: [{ sig }],
  });
}

function digestOf(key: Parameters<typeof sign>[2]): {
  readonly body: string;
  readonly signature: string;
} {
  const digest = {
    awsAccountId: '111122223333',
    digestStartTime: '2026-11-20T00:00:00Z',
    digestEndTime: '2026-11-20T01:00:00Z',
    digestS3Bucket: 'trail',
    digestS3Object: 'AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/11/20/1.json.gz',
    digestPublicKeyFingerprint: FINGERPRINT,
    previousDigestHashValue: null,
    previousDigestSignature: null,
    logFiles: [],
  };
  const body = JSON.stringify(digest);
  const hash = createHash('sha256').update(body).digest('hex');
  const { digestEndTime, digestS3Bucket, digestS3Object } = digest;
  const message = `${digestEndTime}\n${digestS3Bucket}/${digestS3Object}\n${hash}\nnull`;
  return { body, signature: sign('sha256', Buffer.from(message), key).toString('hex') };
}
