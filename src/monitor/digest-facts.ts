import type { DigestResult } from '../event/digest-statement.ts';
import type { NhiEvent } from '../event/nhi-event.ts';
import type { SourceEntry } from './source-report.ts';

/** A file of records as a digest lists it. */
export interface ListedFile {
  /** Bucket and object, with a slash between them. */
  readonly object: string;
  /** `sha256:` and the digits: of the file, unpacked. */
  readonly digest: string;
}

/** A digest under one signature, as the leaves hold it that the log made of it. */
export interface DigestFacts {
  /** Its leaves: more than one where it lists many files. */
  readonly indices: readonly number[];
  readonly source: string;
  /** Name of its chain: that of its objects, without their times. */
  readonly chain: string;
  /** Bucket and object. */
  readonly object: string;
  /** `sha256:` and the digits: of the digest file, unpacked. */
  readonly digest: string;
  /** What it names as the one before it; null: it says that there is none. */
  readonly previous: {
    readonly digest: string;
    readonly object: string | null;
    readonly signature: string | null;
  } | null;
  /** Hexadecimal; null where it did not come along. */
  readonly signature: string | null;
  readonly fingerprint: string;
  readonly endTime: string;
  readonly endMs: number;
  /** null: it does not say. */
  readonly startMs: number | null;
  /** As the log judged it when it came. */
  readonly result: DigestResult;
  /** Files that it lists. */
  readonly fileCount: number;
  /** Those that its leaves name. */
  readonly files: readonly ListedFile[];
}

/** A file of records that came. */
export interface FileFacts {
  readonly index: number;
  readonly source: string;
  readonly digest: string;
  /** Bucket and object; null where nobody said. */
  readonly object: string | null;
  /** The newest time of its records, ms; of one without times, when it came. */
  readonly newestMs: number;
}

/** Records that name one file, or none. */
export interface RecordFacts {
  readonly count: number;
  readonly first: number;
  readonly last: number;
}

/** What the leaves of CloudTrail say, taken apart. */
export interface TrailFacts {
  readonly digests: readonly DigestFacts[];
  readonly files: readonly FileFacts[];
  /** By the digest of the file that they came in. */
  readonly records: ReadonlyMap<string, RecordFacts>;
  /** Records that came in no file. */
  readonly loose: RecordFacts | null;
}

/**
 * Reads what came of CloudTrail out of the events of its sources. Who made a leaf is told by `recv.adapter`, which the
 * log alone writes: an event that only looks like a digest is none. (spec/12-ingest.md §5)
 */
export function trailFacts(entries: readonly SourceEntry[]): TrailFacts {
  const digests = new Map<string, DigestFacts>();
  const files = new Map<string, FileFacts>();
  const records = new Map<string, RecordFacts>();
  let loose: RecordFacts | null = null;
  for (const { index, leaf } of entries) {
    const { event, recv } = leaf;
    if (recv.adapter === 'cloudtrail-digest') {
      const found = digestOf(index, event);
      if (found === null) continue;
      const name = `${found.digest} ${found.signature}`;
      digests.set(name, joined(digests.get(name), found));
    } else if (recv.adapter === 'cloudtrail-file') {
      const found = fileOf(index, event);
      if (found !== null) files.set(`${found.digest} ${found.object}`, found);
    } else if (recv.adapter === 'cloudtrail') {
      const parent = event.ctx?.parent_id;
      if (parent === undefined) loose = counted(loose, index);
      else records.set(parent, counted(records.get(parent) ?? null, index));
    }
  }
  return { digests: [...digests.values()], files: [...files.values()], records, loose };
}

function digestOf(index: number, event: NhiEvent): DigestFacts | null {
  const chain = event.body?.['chain'] as Readonly<Record<string, unknown>> | undefined;
  const digest = event.artifact?.digest;
  if (chain === undefined || digest === undefined) return null;
  const before = event.res?.find(({ type }) => type === 'cloudtrail.digest');
  const previous = textOf(chain['prev_digest']);
  const endMs = Date.parse(event.time.occurred);
  const period = event.body?.['period_s'];
  return {
    indices: [index],
    source: event.src.id,
    chain: chainOf(textOf(chain['id']) ?? ''),
    object: event.artifact?.name ?? '',
    digest,
    previous:
      previous === null
        ? null
        : {
            digest: previous.toLowerCase(),
            object: before?.id ?? null,
            signature: event.artifact?.prov_ref ?? null,
          },
    signature: event.artifact?.sig_ref ?? null,
    fingerprint: event.cred?.id ?? '',
    endTime: event.time.occurred,
    endMs,
    startMs: typeof period === 'number' ? endMs - period * 1000 : null,
    // The schema of a heartbeat has these three.
    result: chain['result'] as DigestResult,
    fileCount: typeof chain['files'] === 'number' ? chain['files'] : 0,
    files: (event.res ?? [])
      .filter(({ type }) => type === 'cloudtrail.file')
      .map((one) => ({ object: one.id, digest: one.digest?.toLowerCase() ?? '' })),
  };
}

function joined(before: DigestFacts | undefined, now: DigestFacts): DigestFacts {
  if (before === undefined) return now;
  return {
    ...before,
    indices: [...before.indices, ...now.indices],
    files: [...before.files, ...now.files],
  };
}

function fileOf(index: number, event: NhiEvent): FileFacts | null {
  const digest = event.artifact?.digest;
  if (digest === undefined) return null;
  const object = event.res?.find(({ type }) => type === 'cloudtrail.file')?.id ?? null;
  const newestMs = Date.parse(event.time.occurred);
  return { index, source: event.src.id, digest, object, newestMs };
}

function counted(before: RecordFacts | null, index: number): RecordFacts {
  if (before === null) return { count: 1, first: index, last: index };
  return { ...before, count: before.count + 1, last: index };
}

/** `…/111122223333_CloudTrail-Digest_eu-west-1_trail_eu-west-1_20261120T090131Z.json.gz`; those of backfills are apart. */
function chainOf(object: string): string {
  const name = object.slice(object.lastIndexOf('/') + 1);
  const parts = /^(.+)_[0-9]{8}T[0-9]{6}Z(_backfill)?\.json\.gz$/.exec(name);
  return parts === null ? '' : `${parts[1]}${parts[2] ?? ''}`;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
