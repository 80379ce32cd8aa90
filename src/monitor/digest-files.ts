import type { Digest } from './digest-chain.ts';
import type { FileFacts, TrailFacts } from './digest-facts.ts';
import type { DigestFinding } from './digest-report.ts';

/** A digest covers an hour: a file that is older than this, when a later digest is there, was to be listed. */
export const LISTING_MS = 3_600_000;

/** What became of files and records. */
export interface FileJudgement {
  readonly findings: readonly DigestFinding[];
  /** Files that digests list. */
  readonly listed: number;
  /** Files of those that came, as they are listed. */
  readonly came: number;
  /** Files that came and are too young to be listed already. */
  readonly waiting: number;
}

/**
 * Holds the files of records that came to what digests list.
 *
 * @param sound  digests whose signature is not broken
 */
export function judgeFiles(
  sound: readonly Digest[],
  { files, records, loose }: TrailFacts,
): FileJudgement {
  const came = new Set(files.map(({ digest }) => digest));
  const listed = new Set(sound.flatMap((one) => one.files.map(({ digest }) => digest)));
  const others = filesByObject(files.filter(({ digest }) => !listed.has(digest)));
  const findings: DigestFinding[] = [];
  const altered = new Set<FileFacts>();
  for (const digest of sound) {
    const missing: string[] = [];
    for (const { object, digest: wanted } of digest.files) {
      if (came.has(wanted)) continue;
      const other = others.get(object);
      if (other === undefined) missing.push(object);
      else {
        altered.add(other);
        const evidence = [...digest.indices.slice(0, 1), other.index];
        const what = `${object} came as ${other.digest}, and ${digest.object} lists it as ${wanted}`;
        findings.push({ rule: 'altered-file', evidence, what });
      }
    }
    if (missing.length === 0) continue;
    const what = `${missing.length} of ${digest.fileCount} files that ${digest.object} lists never came: ${shortened(missing)}`;
    findings.push({ rule: 'missing-file', evidence: digest.indices, what });
  }
  let waiting = 0;
  const ends = newestEnds(sound);
  for (const file of files) {
    if (listed.has(file.digest) || altered.has(file)) continue;
    // NaN: no time is known, so none has passed.
    if (!(file.newestMs + LISTING_MS <= (ends.get(file.source) ?? 0))) waiting += 1;
    else {
      const what = `no digest lists ${file.object ?? 'the file'} with ${file.digest}`;
      findings.push({ rule: 'unlisted-file', evidence: [file.index], what });
    }
  }
  for (const [digest, { count, first, last }] of records) {
    if (came.has(digest)) continue;
    const what = `${count} records are of ${digest}, and nothing says that this file came whole`;
    findings.push({ rule: 'incomplete-file', evidence: [first, last], what });
  }
  if (loose !== null) {
    const what = `${loose.count} records came in no file, so no digest can list them`;
    findings.push({ rule: 'loose-records', evidence: [loose.first, loose.last], what });
  }
  const arrived = [...listed].filter((digest) => came.has(digest)).length;
  return { findings, listed: listed.size, came: arrived, waiting };
}

function filesByObject(files: readonly FileFacts[]): ReadonlyMap<string, FileFacts> {
  return new Map(files.flatMap((file) => (file.object === null ? [] : [[file.object, file]])));
}

/** When the last digest of each source ends. */
function newestEnds(digests: readonly Digest[]): ReadonlyMap<string, number> {
  const ends = new Map<string, number>();
  for (const { source, endMs } of digests) ends.set(source, Math.max(endMs, ends.get(source) ?? 0));
  return ends;
}

const NAMES_SHOWN = 4;

function shortened(names: readonly string[]): string {
  const more = names.length - NAMES_SHOWN;
  return names.slice(0, NAMES_SHOWN).join(', ') + (more > 0 ? `, and ${more} more` : '');
}
