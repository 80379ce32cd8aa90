import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { base64, parseBase64 } from '../core/base64.ts';
import { equalBytes, utf8, utf8Text } from '../core/bytes.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { formatVkey, KEY_TYPE, verifierKeyOf } from '../core/vkey.ts';
import type { HeadSigner } from '../log/ports.ts';
import { codeOf } from '../storage/folder.ts';
import { headSignerOf } from './head-signer.ts';
import { formatLogIdentity, type LogIdentity, parseLogIdentity } from './log-identity.ts';
import { createPrivateFolder, readPrivateFile } from './private-file.ts';

/** What the key folder of a log holds. */
export interface LogKeys extends LogIdentity {
  readonly signer: HeadSigner;
  /** Verifier key of the checkpoint: `name+keyhash+key`. */
  readonly vkey: string;
  /** 32 secret bytes: the key of the MAC that decides whether two events of one id are the same. */
  readonly samenessSecret: Uint8Array;
}

/**
 * Makes the keys of a new log in a folder of their own: `log.json`, `ed25519.pem` and `p256.pem` (PKCS#8), all three
 * and `sameness.key` or nothing, flushed. The folder has mode 0700, its files 0600.
 *
 * @param dir       the log's own folder, `<keys>/<name>`; missing or empty
 * @param identity  what of the log is fixed at its creation
 * @throws {TransparencyError} keys.malformed if the name or the origin cannot be one; keys.exists
 */
export async function createKeys(dir: string, identity: LogIdentity): Promise<void> {
  const files: readonly (readonly [string, Uint8Array])[] = [
    ['log.json', formatLogIdentity(identity)],
    ['ed25519.pem', pkcs8(generateKeyPairSync('ed25519').privateKey)],
    ['p256.pem', pkcs8(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)],
    ['sameness.key', utf8(`${base64(randomBytes(SECRET_BYTES))}\n`)],
  ];
  await createPrivateFolder(dir, files);
}

/** Does the folder hold any file of keys? */
export async function keysExist(dir: string): Promise<boolean> {
  try {
    return (await readdir(dir)).length > 0;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/**
 * Reads the keys of a log.
 *
 * @param dir  the log's own folder, `<keys>/<name>`
 * @throws {TransparencyError} keys.missing, naming the file; keys.malformed if a file is not of the form that
 *   `createKeys` writes, or if others than its owner may read it, with the command that mends it
 */
export async function readKeys(dir: string): Promise<LogKeys> {
  const path = (name: string): string => join(dir, name);
  // The folder itself: who may write to it may replace what is in it.
  const identity = parseLogIdentity(await readPrivateFile(dir, path('log.json')));
  const ed25519 = await readPrivateFile(dir, path('ed25519.pem'));
  const p256 = await readPrivateFile(dir, path('p256.pem'));
  const samenessSecret = parseSecret(await readPrivateFile(dir, path('sameness.key')));
  const signer = headSignerOf({ origin: identity.origin, ed25519Pem: ed25519, p256Pem: p256 });
  const key = verifierKeyOf(identity.origin, KEY_TYPE.ed25519, signer.ed25519PublicKey);
  return { ...identity, signer, vkey: formatVkey(key), samenessSecret };
}

const SECRET_BYTES = 32;

function parseSecret(content: Uint8Array): Uint8Array {
  const malformed = 'sameness.key is not 32 bytes in base64 and a line feed';
  try {
    const secret = parseBase64(utf8Text(content).replace(/\n$/, ''));
    const canonical = equalBytes(utf8(`${base64(secret)}\n`), content);
    if (!canonical || secret.length !== SECRET_BYTES) {
      throw new TransparencyError('keys.malformed', malformed);
    }
    return secret;
  } catch (error) {
    if (isTransparencyError(error, 'keys.malformed')) throw error;
    // No cause: a secret must not reach a log through it.
    throw new TransparencyError('keys.malformed', malformed);
  }
}

function pkcs8(key: ReturnType<typeof generateKeyPairSync>['privateKey']): Uint8Array {
  return utf8(String(key.export({ type: 'pkcs8', format: 'pem' })));
}
