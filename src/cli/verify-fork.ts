import { createPublicKey } from 'node:crypto';
import { base64 } from '../core/base64.ts';
import { equalBytes, utf8 } from '../core/bytes.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { readForkHead } from '../core/fork-head.ts';
import { checkForkProof } from '../core/fork-proof.ts';
import { FORK_PROOF_HEADER, type ForkKind, parseForkProof } from '../core/fork-proof-file.ts';
import type { Policy } from '../core/policy.ts';

/** Two heads that a fork proof shows, and whose they are. */
export interface ForkVerdict {
  readonly holds: true;
  /** The log whose key signed both. */
  readonly origin: string;
  readonly kind: ForkKind;
  readonly heads: readonly {
    readonly face: 'checkpoint' | 'tree-head';
    readonly size: number;
    readonly rootHash: string;
    /** Of a tree head. */
    readonly time: string | null;
  }[];
  readonly notProven: readonly string[];
}

/** Is a file a fork proof, by its first line? */
export function isForkProof(bytes: Uint8Array): boolean {
  const header = utf8(`${FORK_PROOF_HEADER}\n`);
  return equalBytes(bytes.subarray(0, header.length), header);
}

/**
 * Verifies a fork proof with the keys of a log alone. (spec/7-proof-file.md §5)
 *
 * @param trust.policy  one of its logs must have signed both heads
 * @param trust.p256    PEM of the key of the RFC 6962 face; needed where a head is of that face
 * @throws {TransparencyError} what `checkForkProof` throws; config.malformed for a PEM that is none, or no log
 */
export function forkVerdictOf(
  proof: Uint8Array,
  trust: { readonly policy: Policy; readonly p256: Uint8Array | undefined },
): ForkVerdict {
  const keys = trust.p256 === undefined ? {} : { p256PublicKey: spkiOf(trust.p256) };
  let refusal = new TransparencyError('config.malformed', 'the policy names no log');
  for (const { key: logKey } of trust.policy.logs) {
    try {
      checkForkProof(proof, { logKey, ...keys });
      return verdictOf(proof, logKey.name);
    } catch (error) {
      if (!isTransparencyError(error)) throw error;
      refusal = error;
    }
  }
  throw refusal;
}

/** The verdict for a person, a line for each fact. */
export function textOfFork({ origin, kind, heads, notProven }: ForkVerdict): string {
  const lines = [
    ['HOLDS', `${origin} signed two heads that no honest log signs both: ${MEANINGS[kind]}`],
    ...heads.map(({ face, size, rootHash, time }) => {
      return [
        'head',
        `${face} of size ${size}, root ${rootHash}${time === null ? '' : `, ${time}`}`,
      ];
    }),
    ...notProven.map((line, i) => [i === 0 ? 'not proven' : '', line]),
  ];
  return lines.map(([label = '', text = '']) => `${label.padEnd(12)}${text}\n`).join('');
}

const MEANINGS: Readonly<Record<ForkKind, string>> = {
  'same-size': 'one size, two roots',
  'not-a-prefix': 'the larger tree has another root at the size of the smaller',
  'time-back': 'the smaller one is of a later time',
};

function verdictOf(proof: Uint8Array, origin: string): ForkVerdict {
  const { kind, first, second } = parseForkProof(proof);
  const heads = [first, second].map((head) => {
    const { size, rootHash, timeMs } = readForkHead(head);
    const time = timeMs === undefined ? null : timeOf(timeMs);
    return { face: head.face, size, rootHash: base64(rootHash), time };
  });
  const notProven = [
    'who did it: whoever had the key, the operator or a thief',
    'which of the two is the history that others were shown',
  ];
  return { holds: true, origin, kind, heads, notProven };
}

function timeOf(timeMs: number): string {
  const time = new Date(timeMs);
  return Number.isNaN(time.getTime()) ? `${timeMs} ms` : time.toISOString();
}

function spkiOf(pem: Uint8Array): Uint8Array {
  try {
    const key = createPublicKey({ key: Buffer.from(pem), format: 'pem' });
    return new Uint8Array(key.export({ type: 'spki', format: 'der' }));
  } catch (cause) {
    throw new TransparencyError('config.malformed', '--p256: no public key in PEM', { cause });
  }
}
