import { concat, equalBytes, readU64be, u64be } from '../core/bytes.ts';
import { openCheckpoint, signCheckpoint } from '../core/checkpoint.ts';
import { checkTreeHead, treeHeadInput } from '../core/tree-head.ts';
import type { VerifierKey } from '../core/vkey.ts';
import type { SignedHead } from './contract.ts';
import type { HeadSigner, Row } from './ports.ts';
import { corrupt, signedHeadKey } from './rows.ts';

/**
 * Whether a head was shown: `none` while its cosignatures are collected, `quorum` when the policy is satisfied,
 * `unwitnessed` when it was shown without (fail-open).
 */
export type Publication = 'none' | 'quorum' | 'unwitnessed';

/** A head as its row holds it. */
export interface HeadRow extends SignedHead {
  readonly publication: Publication;
}

const PUBLICATIONS: readonly Publication[] = ['none', 'quorum', 'unwitnessed'];

/**
 * Signs both faces of a head. The guard has recorded it first: a signature must not exist of what the guard does not
 * know. (forks.md, SIGN)
 */
export function signHead(
  head: { readonly size: number; readonly rootHash: Uint8Array; readonly timeMs: number },
  signer: HeadSigner,
): SignedHead {
  const { size, rootHash, timeMs } = head;
  return {
    size,
    rootHash,
    timeMs,
    note: signCheckpoint({ origin: signer.origin, size, rootHash }, signer),
    treeHeadSignature: signer.signTreeHead(treeHeadInput({ size, rootHash, timeMs })),
  };
}

/** u64 size ‖ root hash ‖ u64 time ‖ u8 publication ‖ u16 length ‖ DER signature ‖ note. */
export function formatHeadRow(row: HeadRow): Uint8Array {
  const { length } = row.treeHeadSignature;
  return concat(
    u64be(row.size),
    row.rootHash,
    u64be(row.timeMs),
    Uint8Array.of(PUBLICATIONS.indexOf(row.publication), length >>> 8, length & 0xff),
    row.treeHeadSignature,
    row.note,
  );
}

/** The public keys of a log. */
export interface HeadKeys {
  readonly log: VerifierKey;
  /** DER SubjectPublicKeyInfo. */
  readonly p256PublicKey: Uint8Array;
}

/**
 * A head row whose two faces verify with the log's own keys, under the key of its size and time: a row that the disk
 * altered is not served.
 *
 * @throws {TransparencyError} store.corrupt
 */
export function openHeadRow({ key, value: bytes }: Row, keys: HeadKeys): HeadRow {
  if (bytes.length < 51) corrupt(`a head row has ${bytes.length} bytes`);
  const size = readU64be(bytes, 0);
  const timeMs = readU64be(bytes, 40);
  const publication = PUBLICATIONS[bytes[48] as number];
  const noteAt = 51 + (((bytes[49] as number) << 8) | (bytes[50] as number));
  if (
    size === undefined ||
    timeMs === undefined ||
    publication === undefined ||
    noteAt > bytes.length
  ) {
    corrupt('a head row is malformed');
  }
  if (!equalBytes(key, signedHeadKey(size, timeMs))) {
    corrupt(`the head row of size ${size} lies in another's place`);
  }
  const rootHash = bytes.slice(8, 40);
  const treeHeadSignature = bytes.slice(51, noteAt);
  const note = bytes.slice(noteAt);
  try {
    const checkpoint = openCheckpoint(note, { logKey: keys.log });
    if (checkpoint.size !== size || !equalBytes(checkpoint.rootHash, rootHash)) {
      corrupt(`the note of head row ${size} is another's`);
    }
    const { p256PublicKey } = keys;
    checkTreeHead({ size, rootHash, timeMs, signature: treeHeadSignature, p256PublicKey });
  } catch (cause) {
    return corrupt(`the head row of size ${size} does not verify`, cause);
  }
  return { size, rootHash, timeMs, note, treeHeadSignature, publication };
}
