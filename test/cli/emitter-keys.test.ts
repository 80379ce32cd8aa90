import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEmitterKeys } from '../../src/cli/emitter-keys.ts';
import { tempFolder } from '../support/temp-folder.ts';

const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
const RSA = generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey;
const WEAK = generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey;
const OTHER = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey;

const jwk = (key: KeyObject, more = {}): object => ({ ...key.export({ format: 'jwk' }), ...more });
const pkcs1 = (key: KeyObject): string =>
  key.export({ format: 'der', type: 'pkcs1' }).toString('base64');
const pem = (key: KeyObject): string => key.export({ format: 'pem', type: 'spki' }).toString();

/** A folder with the files of a configuration; the path of its first. */
function filesOf(files: Readonly<Record<string, unknown>>): string {
  const folder = tempFolder();
  for (const [name, content] of Object.entries(files)) {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    writeFileSync(join(folder, name), text);
  }
  return join(folder, Object.keys(files)[0] ?? '');
}

describe('the keys of emitters', () => {
  it('are read from the files that issuers publish', async () => {
    const path = filesOf({
      'keys.json': {
        issuers: [{ issuer: 'https://idp.test/', jwks: 'idp.json' }],
        cloudtrail: ['aws.json'],
        attesters: ['builder.pem'],
      },
      'idp.json': {
        keys: [
          jwk(EC, { kid: 'k1' }),
          jwk(RSA, { use: 'enc' }),
          { kty: 'oct', k: 'AAAA' },
          jwk(RSA),
        ],
      },
      // As AWS writes it: times have a fraction.
      'aws.json': `{"PublicKeyList":[{"Value":"${pkcs1(RSA)}","ValidityStartTime":1441817514.5,"Fingerprint":"ab12"}]}`,
      'builder.pem': pem(EC),
    });
    const { issuers, digestKeys, attesters } = await readEmitterKeys(path);
    expect(issuers.get('https://idp.test/')?.map(({ kid }) => kid)).toEqual(['k1', null]);
    expect(digestKeys.get('ab12')?.asymmetricKeyType).toBe('rsa');
    expect(attesters.map(({ kid, key }) => [kid, key.asymmetricKeyType])).toEqual([[null, 'ec']]);
    expect(await readEmitterKeys(filesOf({ 'keys.json': {} }))).toMatchObject({ attesters: [] });
  });

  const issuer = (jwks: unknown): string =>
    filesOf({ 'k.json': { issuers: [{ issuer: 'i', jwks: 'j.json' }] }, 'j.json': jwks });
  it.each([
    ['no file', () => '/nowhere/keys.json', /cannot read/],
    ['no JSON', () => filesOf({ 'k.json': '{' }), /k\.json: json\.malformed/],
    ['an unknown member', () => filesOf({ 'k.json': { issuer: [] } }), /issuer: no such setting/],
    [
      'an issuer without keys',
      () => filesOf({ 'k.json': { issuers: [{ issuer: 'i' }] } }),
      /issuers\[0\]\.issuer: needs jwks/,
    ],
    [
      'an issuer twice',
      () =>
        filesOf({
          'k.json': {
            issuers: [
              { issuer: 'i', jwks: 'j.json' },
              { issuer: 'i', jwks: 'j.json' },
            ],
          },
          'j.json': { keys: [jwk(EC)] },
        }),
      /issuers\[1\]\.issuer: named twice/,
    ],
    ['no set', () => issuer([]), /j\.json: no list keys/],
    ['an empty set', () => issuer({ keys: [] }), /j\.json: no key that makes signatures/],
    ['a weak key', () => issuer({ keys: [jwk(WEAK)] }), /2048 bits/],
    ['another curve', () => issuer({ keys: [jwk(OTHER)] }), /j\.json: .*P-256/],
    ['half a key', () => issuer({ keys: [{ kty: 'RSA' }] }), /no public key/],
    [
      'no list of AWS',
      () => filesOf({ 'k.json': { cloudtrail: ['a.json'] }, 'a.json': {} }),
      /a\.json: no list PublicKeyList/,
    ],
    [
      'a list without values',
      () => filesOf({ 'k.json': { cloudtrail: ['a.json'] }, 'a.json': { PublicKeyList: [{}] } }),
      /a\.json: an entry without/,
    ],
    ['no PEM', () => filesOf({ 'k.json': { attesters: ['a.pem'] }, 'a.pem': 'x' }), /a\.pem: /],
  ])('are refused with the place: %s', async (_, path, message) => {
    await expect(readEmitterKeys(path())).rejects.toThrow(message);
    await expect(readEmitterKeys(path())).rejects.toMatchObject({ code: 'config.malformed' });
  });
});
