import { canonicalJson } from '../event/canonical.ts';
import { eventDigest } from '../event/event.ts';
import type { EventLeaf } from '../event/leaf.ts';
import type { JsonValue } from '../event/strict-json.ts';
import { clockFindings } from './source-clock.ts';

/** An event of a source as a lookup found it, verified. */
export interface SourceEntry {
  readonly index: number;
  readonly leaf: EventLeaf;
}

/** What a source's own numbers, links and times contradict, or leave open. */
export const SOURCE_RULES = [
  'gap',
  'reorder',
  'repeated-number',
  'broken-link',
  'restart',
  'clock-backwards',
  'clock-future',
  'clock-late',
] as const;
export type SourceRule = (typeof SOURCE_RULES)[number];

/** One finding, with what shows it. */
export interface SourceFinding {
  readonly rule: SourceRule;
  readonly epoch: string | null;
  /** The number that it is about, of a gap the first that is missing; null where there is none. */
  readonly seq: number | null;
  /** Indices of the leaves that show it. */
  readonly evidence: readonly number[];
  /** For a person. */
  readonly what: string;
  readonly gap?: SourceGap;
}

/** Numbers of which no event came. */
export interface SourceGap {
  readonly from: number;
  readonly to: number;
  /** Digest of the event that has the number `to`: the one after it names it. Whoever shows that event proves it. */
  readonly digest: string;
  /** Index of the source's own report that it dropped them; null: it declared nothing. */
  readonly declaredBy: number | null;
}

/** One run of a source. */
export interface SourceEpoch {
  readonly epoch: string;
  readonly events: number;
  readonly lastSeq: number;
  /** True: its last event says that nothing follows. */
  readonly isEnded: boolean;
}

/** What the events of a source show of it. */
export interface SourceReport {
  readonly findings: readonly SourceFinding[];
  /** In the order in which the log met them. */
  readonly epochs: readonly SourceEpoch[];
  /** Events without a number: one that is missing leaves no trace. */
  readonly unnumbered: number;
  /** A line each. */
  readonly notProven: readonly string[];
}

/**
 * Holds the events of one source to its own numbers, links and times. (design §7, spec/5-submission.md §2)
 *
 * It is pure: the same events give the same findings, to anybody. What it finds is proven by the leaves that it names,
 * as far as the entries are all of the source's, which a lookup of `source:` proves.
 *
 * @param entries  all events of one source, in the order of the log
 */
export function sourceReport(entries: readonly SourceEntry[]): SourceReport {
  const runs = runsOf(entries);
  const findings: SourceFinding[] = [];
  const epochs: SourceEpoch[] = [];
  for (const [i, run] of runs.entries()) {
    findings.push(...orderFindings(run), ...linkFindings(run, entries));
    const last = run.bySeq.get(run.lastSeq)?.[0];
    const isEnded = last?.leaf.event.body?.['final'] === true;
    const { epoch, lastSeq } = run;
    epochs.push({ epoch, events: run.entries.length, lastSeq, isEnded });
    const next = runs[i + 1]?.entries[0];
    if (isEnded || last === undefined || next === undefined) continue;
    const what = `epoch ${next.leaf.event.src.epoch} began, and nothing says that ${epoch} ended at ${lastSeq}`;
    findings.push({
      rule: 'restart',
      epoch,
      seq: lastSeq,
      evidence: [last.index, next.index],
      what,
    });
  }
  findings.push(...clockFindings(entries));
  const unnumbered = entries.filter(({ leaf }) => leaf.event.src.seq === undefined).length;
  return { findings, epochs, unnumbered, notProven: notProvenBy(epochs, unnumbered) };
}

interface Run {
  readonly epoch: string;
  /** In the order of the log. */
  readonly entries: SourceEntry[];
  /** Those of a number, the first in the log first. */
  readonly bySeq: Map<number, SourceEntry[]>;
  lastSeq: number;
}

function runsOf(entries: readonly SourceEntry[]): readonly Run[] {
  const runs = new Map<string, Run>();
  for (const entry of entries) {
    const { epoch, seq } = entry.leaf.event.src;
    if (epoch === undefined || seq === undefined) continue;
    const run: Run = runs.get(epoch) ?? { epoch, entries: [], bySeq: new Map(), lastSeq: 0 };
    runs.set(epoch, run);
    run.entries.push(entry);
    run.bySeq.set(seq, [...(run.bySeq.get(seq) ?? []), entry]);
    run.lastSeq = Math.max(run.lastSeq, seq);
  }
  return [...runs.values()];
}

/** What came behind a higher number, and numbers that came twice with different contents. */
function orderFindings({ epoch, entries, bySeq }: Run): readonly SourceFinding[] {
  const findings: SourceFinding[] = [];
  let [highest] = entries;
  for (const entry of entries) {
    const seq = seqOf(entry);
    const [first] = bySeq.get(seq) ?? [];
    const before = highest;
    if (before === undefined || seq > seqOf(before)) highest = entry;
    if (first !== undefined && first !== entry) {
      const evidence = [first.index, entry.index];
      const what = `two events have the number ${seq}: the source says two things`;
      findings.push({ rule: 'repeated-number', epoch, seq, evidence, what });
    } else if (before !== undefined && seq < seqOf(before)) {
      const evidence = [before.index, entry.index];
      const what = `${seq} came behind ${seqOf(before)}`;
      findings.push({ rule: 'reorder', epoch, seq, evidence, what });
    }
  }
  return findings;
}

/** Numbers that are missing, and links that do not fit. */
function linkFindings(run: Run, all: readonly SourceEntry[]): readonly SourceFinding[] {
  const { epoch, bySeq } = run;
  const findings: SourceFinding[] = [];
  let expected = 0;
  for (const seq of [...bySeq.keys()].sort((a, b) => a - b)) {
    const [entry] = bySeq.get(seq) ?? [];
    if (entry === undefined) continue;
    const digest = entry.leaf.event.src.prev ?? '';
    const before = bySeq.get(seq - 1);
    if (seq > expected) {
      const gap = { from: expected, to: seq - 1, digest };
      const declaredBy = declarationOf({ epoch, ...gap }, all);
      const numbers = gap.from === gap.to ? `${gap.from}` : `${gap.from} to ${gap.to}`;
      const what = `${numbers} never came${declaredBy === null ? '' : ', and the source says so'}`;
      const evidence = [...(bySeq.get(expected - 1) ?? []), entry].map(({ index }) => index);
      findings.push({
        rule: 'gap',
        epoch,
        seq: expected,
        evidence,
        what,
        gap: { ...gap, declaredBy },
      });
    } else if (before !== undefined && !before.some((one) => digestOf(one) === digest)) {
      const evidence = [...before.map(({ index }) => index), entry.index];
      const what = `${seq} names another event before it than the one that came as ${seq - 1}`;
      findings.push({ rule: 'broken-link', epoch, seq, evidence, what });
    }
    expected = seq + 1;
  }
  return findings;
}

/** The report of the source in which it declares a gap as its own loss. */
function declarationOf(
  gap: { readonly epoch: string; readonly from: number; readonly to: number },
  all: readonly SourceEntry[],
): number | null {
  const report = all.find(({ leaf }) => {
    const { kind, body = {} } = leaf.event;
    if (kind !== 'source.drop_report' || body['epoch'] !== gap.epoch) return false;
    return Number(body['from_seq']) <= gap.from && Number(body['to_seq']) >= gap.to;
  });
  return report?.index ?? null;
}

function seqOf({ leaf }: SourceEntry): number {
  return leaf.event.src.seq ?? 0;
}

function digestOf({ leaf }: SourceEntry): string {
  // An event is JSON, as its type says of each member.
  return eventDigest(canonicalJson(leaf.event as unknown as JsonValue));
}

function notProvenBy(epochs: readonly SourceEpoch[], unnumbered: number): readonly string[] {
  const open = epochs.at(-1);
  return [
    ...(open === undefined || open.isEnded
      ? []
      : [`that nothing followed number ${open.lastSeq} of ${open.epoch}: its tail is unknown`]),
    ...(unnumbered === 0 ? [] : [`that no other event came between ${unnumbered} without numbers`]),
    'that the source told the truth, or numbered all that happened',
    'which clock was wrong: a time is a claim of the source, and of the log',
  ];
}
