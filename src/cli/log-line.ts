import type { LogKeys } from './key-files.ts';
import type { OpenedLog } from './open-logs.ts';

/** What anybody needs to read and verify a log, as `varve keys` prints it. */
export interface LogLine {
  readonly name: string;
  readonly origin: string;
  readonly url: string;
  readonly type: string;
  readonly vkey: string;
  /** Public key of the RFC 6962 face: PEM of a SubjectPublicKeyInfo. */
  readonly p256: string;
}

/** The public side of a log's keys, at the server with that URL. */
export function logLineOf(keys: LogKeys, serverUrl: string): LogLine {
  return {
    name: keys.name,
    origin: keys.origin,
    url: `${serverUrl}/${keys.name}`,
    type: keys.type,
    vkey: keys.vkey,
    p256: pemOf(keys.signer.p256PublicKey),
  };
}

/** The policy file that trusts a log's key, and asks for no witness. */
export function policyOfLine(line: LogLine): string {
  return `log ${line.vkey} ${line.url}\nquorum none\n`;
}

/** The lines of the logs that a server has open. */
export function logLinesOf(opened: readonly OpenedLog[], serverUrl: string): readonly LogLine[] {
  return opened.map(({ keys }) => logLineOf(keys, serverUrl));
}

function pemOf(spki: Uint8Array): string {
  const lines =
    Buffer.from(spki)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN PUBLIC KEY-----\n${lines.join('\n')}\n-----END PUBLIC KEY-----\n`;
}
