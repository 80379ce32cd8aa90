import { generateKeyPairSync, sign } from 'node:crypto';
import type { HeadSigner } from '../../src/log/ports.ts';

/** Two fresh keys of a log, in memory. */
export function testSigner(origin = 'localhost:6962/main'): HeadSigner {
  const ed25519 = generateKeyPairSync('ed25519');
  const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = (key: typeof p256.publicKey): Uint8Array =>
    new Uint8Array(key.export({ type: 'spki', format: 'der' }));
  return {
    origin,
    ed25519PublicKey: spki(ed25519.publicKey).slice(-32),
    p256PublicKey: spki(p256.publicKey),
    signNote: (text) => new Uint8Array(sign(null, text, ed25519.privateKey)),
    signTreeHead: (input) => new Uint8Array(sign('sha256', input, p256.privateKey)),
  };
}
