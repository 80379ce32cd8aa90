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

/** The bytes that a CloudTrail digest's RSA signature is over. (CloudTrail, "data signing string"; spec/12-ingest.md §5) */
export function digestStatement(statement: DigestStatement): Uint8Array {
  const { endTime, place, sha256, previousSignature } = statement;
  return utf8([endTime, place, sha256, previousSignature ?? 'null'].join('\n'));
}
