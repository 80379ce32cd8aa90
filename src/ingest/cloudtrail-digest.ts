import { verify } from 'node:crypto';
import { sha256 } from '#sha256';
import { equalBytes, utf8 } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { hex, parseHex } from '../core/hex.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../event/strict-json.ts';
import { type Adapter, readOr } from './adapter.ts';
import { mappingOf } from './mappings.ts';
import type { IngestTrust } from './trust.ts';
import { parseWireJson } from './wire-json.ts';

/** What a digest is worth: its key is known and made the signature, or did not, or nobody could tell. */
export type DigestResult = 'verified' | 'broken' | 'unverified';

/** One digest file as it was delivered, unpacked. */
export interface SignedDigest {
  readonly bytes: Uint8Array;
  /** Hexadecimal, of the object's metadata; null where it did not come along. */
  readonly signature: string | null;
}

/**
 * The adapter of CloudTrail's hourly digest files: each becomes a heartbeat of its source that carries the checkpoint of
 * its chain. The signature travels as S3 hands it out, in `x-amz-meta-signature`. (CloudTrail, "digest file structure")
 *
 * A digest that does not verify is recorded and not refused: a broken chain is evidence.
 */
export const CLOUDTRAIL_DIGEST: Adapter = {
  name: 'cloudtrail-digest',
  mapping: mappingOf('cloudtrail-digest'),
  contentTypes: ['application/json'],
  *read(body, headers, { trust }) {
    const digest = parseWireJson(body);
    if (!isJsonObject(digest) || typeof digest['digestS3Object'] !== 'string') {
      throw new TransparencyError('ingest.malformed', 'not a digest file');
    }
    const signature = headers.get('x-amz-meta-signature') ?? null;
    const files = digest['logFiles'] ?? [];
    if (!Array.isArray(files)) {
      throw new TransparencyError('ingest.malformed', 'logFiles is no list');
    }
    const input: JsonObject = {
      digest,
      sha256: hex(sha256(body)),
      result: judgeDigest({ bytes: body, signature }, trust),
      region: regionOf(digest['digestS3Object']),
      files: files.length,
    };
    yield { item: { raw: body, input }, mapping: CLOUDTRAIL_DIGEST.mapping };
  },
};

/** Holds one digest against the RSA key that it names. */
export function judgeDigest(
  { bytes, signature }: SignedDigest,
  { digestKeys }: Pick<IngestTrust, 'digestKeys'>,
): DigestResult {
  const digest = readOr(() => parseWireJson(bytes));
  if (!isJsonObject(digest)) return 'broken';
  const key = digestKeys.get(textOf(digest['digestPublicKeyFingerprint']));
  if (key === undefined || signature === null) return 'unverified';
  if (!/^(?:[0-9a-fA-F]{2})+$/.test(signature)) return 'broken';
  const message = signingString(digest, bytes);
  const made = verify('sha256', message, key, parseHex(signature.toLowerCase()));
  return made ? 'verified' : 'broken';
}

/**
 * The first break of a chain of digests of one trail and region, oldest first: a signature that does not verify, a
 * digest that does not name the one before it by its hash and signature, or a gap of time between two; null if it holds.
 */
export function findChainBreak(
  chain: readonly SignedDigest[],
  trust: Pick<IngestTrust, 'digestKeys'>,
): { readonly index: number; readonly why: 'signature' | 'link' | 'gap' | 'unverified' } | null {
  let before: SignedDigest | undefined;
  for (const [index, one] of chain.entries()) {
    const result = judgeDigest(one, trust);
    if (result !== 'verified') return { index, why: result === 'broken' ? 'signature' : result };
    if (before !== undefined) {
      const now = parseWireJson(one.bytes) as JsonObject; // judged above: it is one
      const last = parseWireJson(before.bytes) as JsonObject;
      const linked =
        now['previousDigestHashValue'] === hex(sha256(before.bytes)) &&
        now['previousDigestSignature'] === before.signature;
      if (!linked) return { index, why: 'link' };
      if (now['digestStartTime'] !== last['digestEndTime']) return { index, why: 'gap' };
    }
    before = one;
  }
  return null;
}

/** True if a file of records, unpacked, is one that the digest lists. */
export function isListed(
  digest: JsonValue,
  file: { readonly object: string; readonly bytes: Uint8Array },
): boolean {
  const files = isJsonObject(digest) ? digest['logFiles'] : undefined;
  const wanted = sha256(file.bytes);
  return (Array.isArray(files) ? files : []).some((one) => {
    if (!isJsonObject(one) || one['s3Object'] !== file.object) return false;
    const told = one['hashValue'];
    return (
      typeof told === 'string' && /^[0-9a-f]{64}$/.test(told) && equalBytes(parseHex(told), wanted)
    );
  });
}

function signingString(digest: JsonObject, bytes: Uint8Array): Uint8Array {
  const text = (name: string): string => textOf(digest[name]) || 'null';
  return utf8(
    [
      text('digestEndTime'),
      `${text('digestS3Bucket')}/${text('digestS3Object')}`,
      hex(sha256(bytes)),
      text('previousDigestSignature'),
    ].join('\n'),
  );
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function regionOf(object: string): string {
  return /\/CloudTrail-Digest\/([a-z0-9-]+)\//.exec(object)?.[1] ?? 'unknown';
}
