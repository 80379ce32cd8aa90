import { verify } from 'node:crypto';
import { sha256 } from '#sha256';
import { utf8 } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { hex, parseHex } from '../core/hex.ts';
import {
  type DigestResult,
  type DigestSignature,
  digestStatement,
} from '../event/digest-statement.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../event/strict-json.ts';
import type { Adapter } from './adapter.ts';
import { partCount } from './json-items.ts';
import { mappingOf } from './mappings.ts';
import type { IngestTrust } from './trust.ts';
import { parseWireJson } from './wire-json.ts';

/**
 * The adapter of CloudTrail's hourly digest files, unpacked: each becomes a heartbeat of its source that carries the
 * checkpoint of its chain, what it names as the one before it, and the files that it lists; where it lists many, further
 * heartbeats carry them. The signature travels as S3 hands it out, in `x-amz-meta-signature`. (CloudTrail, "digest file
 * structure"; spec/12-ingest.md §5)
 *
 * A digest that does not verify is recorded and not refused: a broken chain is evidence.
 */
export const CLOUDTRAIL_DIGEST: Adapter = {
  name: 'cloudtrail-digest',
  mapping: mappingOf('cloudtrail-digest'),
  contentTypes: ['application/json'],
  *read(body, headers, { trust, itemsMax }) {
    const whole = parseWireJson(body);
    if (!isJsonObject(whole) || typeof whole['digestS3Object'] !== 'string') {
      throw new TransparencyError('ingest.malformed', 'not a digest file');
    }
    const { logFiles: listed, ...digest } = whole;
    const logFiles = listed ?? [];
    if (!Array.isArray(logFiles)) {
      throw new TransparencyError('ingest.malformed', 'logFiles is no list');
    }
    const hash = hex(sha256(body));
    const signature = headers.get('x-amz-meta-signature') ?? null;
    const shared = {
      sha256: hash,
      signature,
      result: judgeDigest({ digest, hash, signature }, trust),
      region: regionOf(textOf(digest['digestS3Object'])),
      files: logFiles.length,
      period: periodOf(digest),
    };
    const take = partCount(itemsMax);
    for (let first = 0; first === 0 || first < logFiles.length; first += FILES_PER_LEAF) take();
    for (let first = 0; first === 0 || first < logFiles.length; first += FILES_PER_LEAF) {
      const part = first / FILES_PER_LEAF;
      const input: JsonObject = {
        ...shared,
        // Two signatures of one file are two things that were said.
        suffix: suffixOf(signature, part),
        digest,
        logFiles: logFiles.slice(first, first + FILES_PER_LEAF),
      };
      yield { item: { raw: body, input }, mapping: CLOUDTRAIL_DIGEST.mapping };
    }
  },
};

/** An event names at most 32 resources, and the digest before this one is the first of them. */
const FILES_PER_LEAF = 31;

/** Holds what a digest says against the RSA key that it names. */
function judgeDigest(
  one: { readonly digest: JsonObject; readonly hash: string; readonly signature: string | null },
  trust: Pick<IngestTrust, 'digestKeys'>,
): DigestResult {
  const { digest, hash, signature } = one;
  const text = (name: string): string => textOf(digest[name]) || 'null';
  if (signature === null) return 'unverified';
  const message = digestStatement({
    endTime: text('digestEndTime'),
    place: `${text('digestS3Bucket')}/${text('digestS3Object')}`,
    sha256: hash,
    previousSignature: text('previousDigestSignature'),
  });
  const fingerprint = textOf(digest['digestPublicKeyFingerprint']);
  return judgeDigestSignature({ message, signature, fingerprint }, trust);
}

/** Holds the signature of a digest against the key of the fingerprint that it names. */
export function judgeDigestSignature(
  claim: DigestSignature,
  { digestKeys }: Pick<IngestTrust, 'digestKeys'>,
): DigestResult {
  const key = digestKeys.get(claim.fingerprint);
  if (key === undefined) return 'unverified';
  if (!/^(?:[0-9a-fA-F]{2})+$/.test(claim.signature)) return 'broken';
  const signature = parseHex(claim.signature.toLowerCase());
  return verify('sha256', claim.message, key, signature) ? 'verified' : 'broken';
}

function suffixOf(signature: string | null, part: number): string | null {
  const parts = [
    ...(signature === null ? [] : [hex(sha256(utf8(signature)).subarray(0, 8))]),
    ...(part === 0 ? [] : [String(part)]),
  ];
  return parts.length === 0 ? null : parts.join('.');
}

/** Seconds between start and end; null where they are no times, or too far apart to be told. */
function periodOf(digest: JsonObject): number | null {
  const [start, end] = [digest['digestStartTime'], digest['digestEndTime']].map((time) =>
    Date.parse(textOf(time)),
  );
  const seconds = ((end ?? Number.NaN) - (start ?? Number.NaN)) / 1000;
  return Number.isInteger(seconds) && seconds >= 1 && seconds <= PERIOD_MAX_S ? seconds : null;
}

const PERIOD_MAX_S = 604_800;

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function regionOf(object: string): string {
  return /\/CloudTrail-Digest\/([a-z0-9-]+)\//.exec(object)?.[1] ?? 'unknown';
}
