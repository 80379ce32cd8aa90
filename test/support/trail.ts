import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { utf8 } from '../../src/core/bytes.ts';

/** What S3 holds of a trail: a file of records. */
export interface TrailFile {
  /** Key of the object. */
  readonly object: string;
  /** Unpacked. */
  readonly bytes: Uint8Array;
}

/** A digest as S3 holds it, and what was signed. */
export interface TrailDigest {
  readonly object: string;
  /** Unpacked. */
  readonly bytes: Uint8Array;
  /** Of its metadata: hexadecimal. */
  readonly signature: string;
}

/** One hour of a trail. */
export interface TrailHour {
  readonly digest: TrailDigest;
  readonly files: readonly TrailFile[];
}

/** How an hour is made; all as AWS makes it, unless a test says otherwise. */
export interface HourOptions {
  /** Files that are delivered and listed. Default 2. */
  readonly files?: number;
  /** The digest that this one follows. Default the last that was made. */
  readonly after?: TrailDigest | null;
  /** Hours since the beginning. Default the next. */
  readonly hour?: number;
  /** Says more, or otherwise, before it is signed. */
  readonly also?: Readonly<Record<string, unknown>>;
  readonly key?: KeyObject;
  readonly backfill?: boolean;
}

export const BUCKET = 'amzn-s3-demo-bucket';
const REGION = 'eu-west-1';
const HOUR_MS = 3_600_000;

/** A trail of a test: its files, and its digests signed with a key of its own. */
export class Trail {
  readonly account: string;
  readonly source: string;
  readonly keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  readonly fingerprint: string;
  readonly #startMs: number;
  #next = 0;
  #last: TrailDigest | null = null;

  constructor(
    account: string,
    options: { readonly startMs?: number; readonly keys?: Trail['keys'] } = {},
  ) {
    this.account = account;
    this.source = `aws:cloudtrail:${account}:${REGION}`;
    this.keys = options.keys ?? generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const der = this.keys.publicKey.export({ format: 'der', type: 'pkcs1' });
    this.fingerprint = createHash('md5').update(der).digest('hex');
    this.#startMs = options.startMs ?? Date.parse('2026-11-20T00:00:00Z');
  }

  /** As `aws cloudtrail list-public-keys` prints it. */
  get publicKeyList(): object {
    const value = this.keys.publicKey.export({ format: 'der', type: 'pkcs1' }).toString('base64');
    return { PublicKeyList: [{ Value: value, Fingerprint: this.fingerprint }] };
  }

  /** So many hours, each with its files and its digest. */
  hours(count: number, options: HourOptions = {}): readonly TrailHour[] {
    return Array.from({ length: count }, () => this.hour(options));
  }

  hour(options: HourOptions = {}): TrailHour {
    const hour = options.hour ?? this.#next;
    this.#next = hour + 1;
    const after = options.after === undefined ? this.#last : options.after;
    const files = Array.from({ length: options.files ?? 2 }, (_, i) => this.#file(hour, i));
    const endMs = this.#startMs + (hour + 1) * HOUR_MS;
    const suffix = options.backfill === true ? '_backfill' : '';
    const object = this.#object(
      'CloudTrail-Digest',
      endMs,
      `trail_${REGION}_${stamp(endMs)}${suffix}`,
    );
    const said = {
      awsAccountId: this.account,
      digestStartTime: iso(endMs - HOUR_MS),
      digestEndTime: iso(endMs),
      digestS3Bucket: BUCKET,
      digestS3Object: object,
      digestPublicKeyFingerprint: this.fingerprint,
      digestSignatureAlgorithm: 'SHA256withRSA',
      newestEventTime: iso(endMs - HOUR_MS / 2),
      oldestEventTime: iso(endMs - HOUR_MS / 2),
      previousDigestS3Bucket: after === null ? null : BUCKET,
      previousDigestS3Object: after?.object ?? null,
      previousDigestHashValue: after === null ? null : sha256Hex(after.bytes),
      previousDigestHashAlgorithm: 'SHA-256',
      previousDigestSignature: after?.signature ?? null,
      logFiles: files.map((file) => ({
        s3Bucket: BUCKET,
        s3Object: file.object,
        hashValue: sha256Hex(file.bytes),
        hashAlgorithm: 'SHA-256',
        newestEventTime: iso(endMs - HOUR_MS / 2),
        oldestEventTime: iso(endMs - HOUR_MS / 2),
      })),
      ...options.also,
    };
    const bytes = utf8(JSON.stringify(said));
    const lines = [
      said.digestEndTime,
      `${said.digestS3Bucket}/${said.digestS3Object}`,
      sha256Hex(bytes),
      said.previousDigestSignature ?? 'null',
    ];
    const key = options.key ?? this.keys.privateKey;
    const signature = sign('sha256', utf8(lines.join('\n')), key).toString('hex');
    const digest = { object, bytes, signature };
    this.#last = digest;
    return { digest, files };
  }

  /** A file that is like the others of an hour. */
  file(hour: number, name: number): TrailFile {
    return this.#file(hour, name);
  }

  #file(hour: number, name: number): TrailFile {
    const atMs = this.#startMs + hour * HOUR_MS + HOUR_MS / 2;
    const object = this.#object('CloudTrail', atMs, `${stamp(atMs).slice(0, -3)}Z_${name}`);
    const records = [0, 1].map((i) => ({
      eventVersion: '1.11',
      userIdentity: { type: 'AWSService', invokedBy: 'ec2.amazonaws.com' },
      eventTime: iso(atMs),
      eventSource: 'secretsmanager.amazonaws.com',
      eventName: 'GetSecretValue',
      awsRegion: REGION,
      eventID: `${this.account}-${hour}-${name}-${i}`,
      readOnly: true,
      recipientAccountId: this.account,
    }));
    return { object, bytes: utf8(JSON.stringify({ Records: records })) };
  }

  #object(kind: string, atMs: number, name: string): string {
    const day = iso(atMs).slice(0, 10).replaceAll('-', '/');
    return `AWSLogs/${this.account}/${kind}/${REGION}/${day}/${this.account}_${kind}_${REGION}_${name}.json.gz`;
  }
}

export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function iso(ms: number): string {
  return new Date(ms).toISOString().replace(/\.[0-9]+Z$/, 'Z');
}

function stamp(ms: number): string {
  return iso(ms).replaceAll(/[-:]/g, '');
}
