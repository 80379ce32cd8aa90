import { base64 } from '../core/base64.ts';
import { TransparencyError } from '../core/error.ts';
import { leafHash } from '../core/hash.ts';
import { canonicalJson } from './canonical.ts';
import { formatLeaf, type Recv } from './leaf.ts';
import { type JsonValue, parseStrictJson } from './strict-json.ts';
import type { Submission } from './submission.ts';

/** What the log answers for one item that is in the tree. A claim until it is upgraded to a proof. */
export interface Receipt {
  readonly index: number;
  /** Base64 of the leaf hash. */
  readonly leafHash: string;
  readonly recv: Recv;
  /** True if this content was there before, under this index. */
  readonly duplicate: boolean;
}

/** Bytes of a receipt, canonical. */
export function formatReceipt(receipt: Receipt): Uint8Array {
  return canonicalJson(receipt as unknown as JsonValue);
}

/**
 * The receipt of canonical bytes, or of a value that strict JSON gave.
 *
 * @throws {TransparencyError} receipt.malformed
 */
export function parseReceipt(input: Uint8Array | JsonValue): Receipt {
  const value = input instanceof Uint8Array ? parseStrictJson(input) : input;
  return value as unknown as Receipt;
}

/**
 * Checks that a receipt speaks of what was submitted: rebuilds the leaf and compares its hash. (spec/5-submission.md §5)
 *
 * A retry must carry the signature of the first try, else the leaf is another.
 *
 * @throws {TransparencyError} receipt.mismatch
 */
export function checkReceipt(
  receipt: Receipt,
  submission: Pick<Submission, 'event' | 'sig'>,
): void {
  const leaf = formatLeaf({
    eventCanonical: submission.event.canonical,
    recv: receipt.recv,
    sig: submission.sig,
  });
  if (base64(leafHash(leaf)) !== receipt.leafHash) {
    throw new TransparencyError('receipt.mismatch', `index ${receipt.index}: another leaf hash`);
  }
}
