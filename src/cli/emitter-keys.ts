import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { utf8Text } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { parseStrictJson } from '../event/strict-json.ts';
import { digestKeyOf, type IngestTrust, type SigningKey, signingKeyOf } from '../ingest/ingest.ts';
import { configObject } from './config-value.ts';
import { readNamedFile } from './named-file.ts';

/**
 * The keys of emitters who sign what they send, as the file of `--emitter-keys` names them: `{"issuers": [{"issuer": URL,
 * "jwks": FILE}], "cloudtrail": [FILE], "attesters": [FILE]}`. The files lie where that one lies, and are those that the
 * world has: a JWK set, what `aws cloudtrail list-public-keys` prints, PEM. (spec/13-configuration.md)
 *
 * @throws {TransparencyError} config.malformed for what cannot be read, and for a key that none of the algorithms takes
 */
export async function readEmitterKeys(path: string): Promise<IngestTrust> {
  const beside = (name: string): string => resolve(dirname(path), name);
  const value = inFile(path, await readNamedFile(path), parseStrictJson);
  const root = configObject(value, { file: path, path: '' });
  const issuers = new Map<string, readonly SigningKey[]>();
  for (const one of root.objects('issuers')) {
    const [issuer, jwks] = [one.text('issuer'), one.text('jwks')];
    one.end();
    if (issuer === undefined || jwks === undefined) throw one.wrong('issuer', 'needs jwks too');
    if (issuers.has(issuer)) throw one.wrong('issuer', 'named twice');
    issuers.set(issuer, await readJwks(beside(jwks)));
  }
  const digestKeys = new Map<string, ReturnType<typeof digestKeyOf>>();
  for (const name of root.texts('cloudtrail')) {
    for (const [fingerprint, key] of await readPublicKeyList(beside(name))) {
      digestKeys.set(fingerprint, key);
    }
  }
  const attesters: SigningKey[] = [];
  for (const name of root.texts('attesters')) attesters.push(await readPem(beside(name)));
  root.end();
  return { issuers, digestKeys, attesters };
}

/** Keys of other types, and keys to encrypt with, are passed over, as RFC 7517 §5 asks; one at least must be left. */
async function readJwks(path: string): Promise<readonly SigningKey[]> {
  const keys = listIn(path, await readJson(path), 'keys');
  return inFile(path, keys, () => {
    const signing = keys.flatMap((jwk) =>
      isRecord(jwk) && KEY_TYPES.has(String(jwk['kty'])) && jwk['use'] !== 'enc'
        ? [signingKeyOf(jwk as JsonWebKey)]
        : [],
    );
    if (signing.length === 0) throw new Error('no key that makes signatures');
    return signing;
  });
}

const KEY_TYPES: ReadonlySet<string> = new Set(['RSA', 'EC', 'OKP']);

/** `{"PublicKeyList": [{"Value": BASE64, "Fingerprint": HEX, …}]}` */
async function readPublicKeyList(
  path: string,
): Promise<readonly (readonly [string, ReturnType<typeof digestKeyOf>])[]> {
  const list = listIn(path, await readJson(path), 'PublicKeyList');
  return list.map((one) =>
    inFile(path, one, (entry) => {
      const { Fingerprint: fingerprint, Value: value } = isRecord(entry) ? entry : {};
      if (typeof fingerprint === 'string' && typeof value === 'string') {
        return [fingerprint, digestKeyOf(value)] as const;
      }
      throw new Error('an entry without Fingerprint and Value');
    }),
  );
}

async function readPem(path: string): Promise<SigningKey> {
  return inFile(path, await readNamedFile(path), (bytes) => {
    const jwk = createPublicKey(utf8Text(bytes)).export({ format: 'jwk' });
    return signingKeyOf(jwk);
  });
}

async function readJson(path: string): Promise<unknown> {
  // Not our own file: AWS writes times with a fraction, which strict JSON refuses.
  return inFile(path, await readNamedFile(path), (bytes) => JSON.parse(utf8Text(bytes)) as unknown);
}

function listIn(path: string, value: unknown, name: string): readonly unknown[] {
  const list = isRecord(value) ? value[name] : undefined;
  if (Array.isArray(list)) return list;
  throw new TransparencyError('config.malformed', `${path}: no list ${name}`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function inFile<T, R>(path: string, value: T, read: (value: T) => R): R {
  try {
    return read(value);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TransparencyError('config.malformed', `${path}: ${why}`, { cause });
  }
}
