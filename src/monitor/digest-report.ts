import {
  type DigestResult,
  type DigestSignature,
  digestStatement,
} from '../event/digest-statement.ts';
import { chainFindings, type Digest, digestsOf, soundOf } from './digest-chain.ts';
import { type DigestFacts, trailFacts } from './digest-facts.ts';
import { judgeFiles } from './digest-files.ts';
import type { SourceEntry } from './source-report.ts';

/** Where a chain of CloudTrail digests breaks, or what it does not cover. */
export const DIGEST_RULES = [
  'no-digest',
  'bad-signature',
  'unverified',
  'missing-digest',
  'previous-hash',
  'previous-signature',
  'fork',
  'new-chain',
  'uncovered-time',
  'listing',
  'missing-file',
  'altered-file',
  'unlisted-file',
  'incomplete-file',
  'loose-records',
] as const;
export type DigestRule = (typeof DIGEST_RULES)[number];

/** One break, with what shows it. */
export interface DigestFinding {
  readonly rule: DigestRule;
  /** Indices of the leaves that show it. */
  readonly evidence: readonly number[];
  /** For a person. */
  readonly what: string;
}

/** One chain: of a trail, a region and an account; backfills are a chain of their own. */
export interface DigestChain {
  readonly name: string;
  readonly digests: number;
  /** When the first of them ends, and the last. */
  readonly from: string;
  readonly to: string;
}

/** What the digests of CloudTrail vouch for. */
export interface DigestReport {
  readonly findings: readonly DigestFinding[];
  readonly chains: readonly DigestChain[];
  readonly files: { readonly listed: number; readonly came: number; readonly waiting: number };
  /** A line each. */
  readonly notProven: readonly string[];
}

/** How digests are judged. */
export interface DigestOptions {
  /** Judges the signatures anew, with keys of the caller's; without it what the log said of them stands. */
  readonly judge?: (claim: DigestSignature) => DigestResult;
  /** True: that there is no digest at all is a finding. */
  readonly expected?: boolean;
}

/**
 * Holds the CloudTrail digests among the events of sources to each other, and the files of records to what they list.
 * (spec/12-ingest.md §5)
 *
 * It is pure: the same events give the same findings, to anybody, in whatever order they came. What it finds is proven by
 * the leaves that it names, as far as the entries are all of the sources', which lookups of `source:` prove.
 *
 * @param entries  all events of the sources that a trail has
 */
export function digestReport(
  entries: readonly SourceEntry[],
  { judge, expected = false }: DigestOptions = {},
): DigestReport {
  const facts = trailFacts(entries);
  const claims = judge === undefined ? facts.digests : facts.digests.map((one) => anew(one, judge));
  const digests = digestsOf(claims);
  if (digests.length === 0) return withoutDigest(facts.files.length, expected);
  const chains = grouped(digests);
  const files = judgeFiles(soundOf(digests), facts);
  return {
    findings: [...[...chains.values()].flatMap(chainFindings), ...files.findings],
    chains: [...chains].map(([name, chain]) => ({
      name,
      digests: chain.length,
      from: chain[0]?.endTime ?? '',
      to: chain.at(-1)?.endTime ?? '',
    })),
    files: { listed: files.listed, came: files.came, waiting: files.waiting },
    notProven: [...[...chains.values()].flatMap(openEnds), ...notProven(files.waiting, judge)],
  };
}

function anew(digest: DigestFacts, judge: (claim: DigestSignature) => DigestResult): DigestFacts {
  const { signature, fingerprint } = digest;
  if (signature === null) return { ...digest, result: 'unverified' };
  const message = digestStatement({
    endTime: digest.endTime,
    place: digest.object,
    sha256: digest.digest.replace('sha256:', ''),
    previousSignature: digest.previous?.signature ?? null,
  });
  return { ...digest, result: judge({ message, signature, fingerprint }) };
}

function withoutDigest(files: number, expected: boolean): DigestReport {
  const what = 'no digest of CloudTrail came';
  return {
    findings: expected ? [{ rule: 'no-digest', evidence: [], what }] : [],
    chains: [],
    files: { listed: 0, came: 0, waiting: files },
    notProven: files === 0 ? [] : [`that ${files} files of CloudTrail are whole: ${what}`],
  };
}

function grouped(digests: readonly Digest[]): ReadonlyMap<string, readonly Digest[]> {
  const chains = new Map<string, Digest[]>();
  for (const digest of digests) {
    const chain = chains.get(digest.chain);
    if (chain === undefined) chains.set(digest.chain, [digest]);
    else chain.push(digest);
  }
  return chains;
}

/** What lies before the first digest of a chain, and behind the last. */
function openEnds(chain: readonly Digest[]): readonly string[] {
  const sound = soundOf(chain);
  const [first, last] = [sound[0], sound.at(-1)];
  if (first === undefined || last === undefined) return [];
  const before = first.previous?.object ?? null;
  return [
    ...(before === null ? [] : [`what came before ${first.object}: it follows ${before}`]),
    `that nothing followed ${last.object}: the tail of its chain is unknown`,
  ];
}

function notProven(waiting: number, judge: DigestOptions['judge']): readonly string[] {
  return [
    ...(waiting === 0 ? [] : [`that ${waiting} files are whole: they are too young to be listed`]),
    ...(judge === undefined ? ['the signatures: the log judged them, by the keys it had'] : []),
    'that a digest lists what its leaves say: whoever has the file can hash it',
  ];
}
