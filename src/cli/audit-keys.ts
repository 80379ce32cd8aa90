import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { equalBytes, utf8, utf8Text } from '../core/bytes.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { formatVkey, KEY_TYPE, verifierKeyOf } from '../core/vkey.ts';
import type { AuditSigner } from '../event/index-audit.ts';
import { ed25519KeyOf } from './head-signer.ts';
import { checkOrigin } from './log-identity.ts';
import { createPrivateFolder, readPrivateFile } from './private-file.ts';

/**
 * Makes the key of an auditor in a folder of its own: `auditor.json` and `ed25519.pem` (PKCS#8), flushed, mode 0600.
 *
 * @throws {TransparencyError} keys.malformed if the name cannot be one; keys.exists
 */
export async function createAuditKey(dir: string, name: string): Promise<void> {
  const { privateKey } = generateKeyPairSync('ed25519');
  await createPrivateFolder(dir, [
    ['auditor.json', formatName(name)],
    ['ed25519.pem', utf8(String(privateKey.export({ type: 'pkcs8', format: 'pem' })))],
  ]);
}

/**
 * Reads the key of an auditor.
 *
 * @throws {TransparencyError} keys.missing; keys.malformed, also if others than its owner may read it
 */
export async function readAuditKey(dir: string): Promise<AuditSigner> {
  const name = parseName(await readPrivateFile(dir, join(dir, 'auditor.json')));
  const pem = await readPrivateFile(dir, join(dir, 'ed25519.pem'));
  const { publicKey, sign } = ed25519KeyOf(pem, 'ed25519.pem');
  return { name, ed25519PublicKey: publicKey, signNote: sign };
}

/** Verifier key of an auditor, for policies. */
export function auditVkey({ name, ed25519PublicKey }: AuditSigner): string {
  return formatVkey(verifierKeyOf(name, KEY_TYPE.ed25519, ed25519PublicKey));
}

function formatName(name: string): Uint8Array {
  checkOrigin(name);
  return utf8(`${JSON.stringify({ name }, null, 2)}\n`);
}

function parseName(bytes: Uint8Array): string {
  try {
    const members: unknown = JSON.parse(utf8Text(bytes));
    const has = typeof members === 'object' && members !== null && 'name' in members;
    const name = has ? members.name : undefined;
    if (typeof name === 'string' && equalBytes(formatName(name), bytes)) return name;
  } catch (error) {
    if (isTransparencyError(error, 'keys.malformed')) throw error;
  }
  throw new TransparencyError('keys.malformed', 'auditor.json is not as it was written');
}
