import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { base64, parseBase64 } from '../core/base64.ts';
import { equalBytes, utf8, utf8Text } from '../core/bytes.ts';
import { cosign } from '../core/cosignature.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { mlDsa44Cosigner } from '../core/ml-dsa.ts';
import { KEY_TYPE, verifierKeyOf } from '../core/vkey.ts';
import { codeOf } from '../storage/folder.ts';
import type { WitnessKey } from '../witness/ports.ts';
import { ed25519KeyOf } from './head-signer.ts';
import { checkOrigin } from './log-identity.ts';
import { createPrivateFolder, readPrivateFile } from './private-file.ts';

/** What the key folder of a witness holds. */
export interface WitnessKeys {
  /** Name of its keys, and of the witness. */
  readonly name: string;
  /** Ed25519 first; then ML-DSA-44, where it was made. */
  readonly keys: readonly WitnessKey[];
}

/** What of a witness is fixed when its keys are made. */
export interface WitnessIdentity {
  /** No scheme, no space, no '+', at most 255 bytes. */
  readonly name: string;
  /** Also an ML-DSA-44 key: experimental. */
  readonly hasMlDsa44: boolean;
}

/**
 * Makes the keys of a witness in a folder of their own: `witness.json`, `ed25519.pem` (PKCS#8) and perhaps
 * `ml-dsa-44.key`, all or nothing, flushed. The folder has mode 0700, its files 0600.
 *
 * @throws {TransparencyError} keys.malformed if the name cannot be one; keys.exists
 */
export async function createWitnessKeys(dir: string, identity: WitnessIdentity): Promise<void> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const seed = utf8(`${base64(randomBytes(SEED_BYTES))}\n`);
  await createPrivateFolder(dir, [
    ['witness.json', formatIdentity(identity.name)],
    ['ed25519.pem', utf8(String(privateKey.export({ type: 'pkcs8', format: 'pem' })))],
    ...(identity.hasMlDsa44 ? ([['ml-dsa-44.key', seed]] as const) : []),
  ]);
}

/**
 * Reads the keys of a witness.
 *
 * @throws {TransparencyError} keys.missing, naming the file; keys.malformed if a file is not as `createWitnessKeys`
 *   writes it, or if others than its owner may read it
 */
export async function readWitnessKeys(dir: string): Promise<WitnessKeys> {
  const name = parseIdentity(await readPrivateFile(dir, join(dir, 'witness.json')));
  const pem = await readPrivateFile(dir, join(dir, 'ed25519.pem'));
  const keys = [ed25519WitnessKey(name, pem)];
  if ((await readdir(dir)).includes('ml-dsa-44.key')) {
    const seed = parseSeed(await readPrivateFile(dir, join(dir, 'ml-dsa-44.key')));
    keys.push(mlDsa44Cosigner(name, seed));
  }
  return { name, keys };
}

/** Does the folder hold keys of a witness? */
export async function witnessKeysExist(dir: string): Promise<boolean> {
  try {
    return (await readdir(dir)).length > 0;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

const SEED_BYTES = 32;

function ed25519WitnessKey(name: string, pem: Uint8Array): WitnessKey {
  const { publicKey, sign } = ed25519KeyOf(pem, 'ed25519.pem');
  const cosigner = { name, ed25519PublicKey: publicKey, sign };
  return {
    key: verifierKeyOf(name, KEY_TYPE.cosignature, publicKey),
    cosign: (text, atSeconds) => cosign(text, cosigner, atSeconds),
  };
}

function formatIdentity(name: string): Uint8Array {
  checkOrigin(name);
  return utf8(`${JSON.stringify({ name }, null, 2)}\n`);
}

function parseIdentity(bytes: Uint8Array): string {
  try {
    const members: unknown = JSON.parse(utf8Text(bytes));
    const name = typeof members === 'object' && members !== null && 'name' in members;
    const text = name ? members.name : undefined;
    if (typeof text === 'string' && equalBytes(formatIdentity(text), bytes)) return text;
  } catch (error) {
    if (isTransparencyError(error, 'keys.malformed')) throw error;
  }
  throw new TransparencyError('keys.malformed', 'witness.json is not as it was written');
}

function parseSeed(content: Uint8Array): Uint8Array {
  const malformed = 'ml-dsa-44.key is not 32 bytes in base64 and a line feed';
  let seed: Uint8Array;
  try {
    seed = parseBase64(utf8Text(content).replace(/\n$/, ''));
  } catch {
    // No cause: a secret must not reach a log through it.
    throw new TransparencyError('keys.malformed', malformed);
  }
  const isCanonical = equalBytes(utf8(`${base64(seed)}\n`), content);
  if (isCanonical && seed.length === SEED_BYTES) return seed;
  throw new TransparencyError('keys.malformed', malformed);
}
