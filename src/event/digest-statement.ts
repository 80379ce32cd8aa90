import { utf8 } from '../core/bytes.ts';

/** What a CloudTrail digest's signature is over. */
export interface DigestStatement {
  /** `digestEndTime`, verbatim. */
  readonly endTime: string;
  /** Bucket and object of the digest, with a slash between them. */
  readonly place: string;
  /** SHA-256 of the digest file, unpacked: 64 lowercase hexadecimal digits. */
  readonly sha256: string;
  /** Hexadecimal; null: it is the first of its chain. */
  readonly previousSignature: string | null;
}

/** A signature of a digest, what it is over, and the key that is said to have made it. */
export interface DigestSignature {
  /** What `digestStatement` makes. */
  readonly message: Uint8Array;
  /** Hexadecimal, as S3 hands it out. */
  readonly signature: string;
  readonly fingerprint: string;
}

/** What a digest is worth: its key is known and made the signature, or did not, or nobody could tell. */
export type DigestResult = 'verified' | 'broken' | 'unverified';

/** The bytes that a CloudTrail digest's RSA signature is over. (CloudTrail, "data signing string"; spec/12-ingest.md §5) */
export function digestStatement(statement: DigestStatement): Uint8Array {
  const { endTime, place, sha256, previousSignature } = statement;
  return utf8([endTime, place, sha256, previousSignature ?? 'null'].join('\n'));
}
