import type { SourceEntry, SourceFinding } from './source-report.ts';

/** A time may lie so far in the future of the log's clock before it is a finding, ms. */
export const FUTURE_MS = 5_000;
/** A time may lie so far in its past, ms. */
export const LATE_MS = 3_600_000;

/**
 * What the times that a source claims contradict: each other, in the order of its own numbers, or the log's clock at
 * admission. A run of neighbours of one kind is one finding. (design §7)
 *
 * @param entries  all events of one source, in the order of the log
 */
export function clockFindings(entries: readonly SourceEntry[]): readonly SourceFinding[] {
  return [...backwards(entries), ...skewed(entries)];
}

/** A time below that of the number before, by more than both clocks are said to err. */
function* backwards(entries: readonly SourceEntry[]): Generator<SourceFinding> {
  const numbered = entries.filter(({ leaf }) => leaf.event.src.seq !== undefined);
  const sorted = [...numbered].sort((a, b) => seqOf(a) - seqOf(b) || a.index - b.index);
  const before = new Map<string, SourceEntry>();
  for (const entry of sorted) {
    const { epoch = '', seq = 0 } = entry.leaf.event.src;
    const last = before.get(epoch);
    before.set(epoch, entry);
    if (last === undefined || seqOf(last) === seq) continue;
    const backMs = occurredMs(last) - occurredMs(entry);
    // A comparison with NaN is false: of a leap second nobody knows the time.
    if (!(backMs > errorMs(last) + errorMs(entry))) continue;
    const what = `${seq} says that it happened ${backMs} ms before ${seqOf(last)}`;
    const evidence = [last.index, entry.index];
    yield { rule: 'clock-backwards', epoch, seq, evidence, what };
  }
}

/** A time that the log's clock does not bear out. */
function skewed(entries: readonly SourceEntry[]): readonly SourceFinding[] {
  const runs: SkewedRun[] = [];
  let isOpen = false;
  for (const entry of entries) {
    const skewMs = entry.leaf.recv.at - occurredMs(entry);
    const isFuture = -skewMs > Math.max(FUTURE_MS, 2 * errorMs(entry));
    const rule = isFuture ? 'clock-future' : skewMs > LATE_MS ? 'clock-late' : null;
    const last = runs.at(-1);
    if (rule !== null && isOpen && last?.rule === rule) last.last = entry;
    else if (rule !== null) runs.push({ rule, first: entry, last: entry });
    isOpen = rule !== null;
  }
  return runs.map(findingOf);
}

/** Neighbours in the log of one source. */
interface SkewedRun {
  readonly rule: 'clock-future' | 'clock-late';
  readonly first: SourceEntry;
  last: SourceEntry;
}

function findingOf({ rule, first, last }: SkewedRun): SourceFinding {
  const { epoch = null, seq = null } = first.leaf.event.src;
  const skewMs = Math.abs(first.leaf.recv.at - occurredMs(first));
  const side = rule === 'clock-future' ? 'before' : 'after';
  const what = `admitted ${skewMs} ms ${side} the time that it claims, by the log's clock`;
  const evidence = first === last ? [first.index] : [first.index, last.index];
  return { rule, epoch, seq, evidence, what };
}

function seqOf({ leaf }: SourceEntry): number {
  return leaf.event.src.seq ?? 0;
}

function occurredMs({ leaf }: SourceEntry): number {
  return Date.parse(leaf.event.time.occurred);
}

function errorMs({ leaf }: SourceEntry): number {
  return leaf.event.time.clock?.err_ms ?? 0;
}
