import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/event/canonical.ts';
import { eventDigest } from '../../src/event/event.ts';
import type { EventLeaf } from '../../src/event/leaf.ts';
import type { JsonValue } from '../../src/event/strict-json.ts';
import { type SourceEntry, sourceReport } from '../../src/monitor/source-report.ts';

const START_MS = Date.parse('2026-11-20T09:00:00Z');

/** A chain of events of one epoch, a second apart, as the log admitted them at once. */
function chain(
  epoch: string,
  count: number,
  change: (seq: number) => object = () => ({}),
): EventLeaf[] {
  const leaves: EventLeaf[] = [];
  let prev: string | null = null;
  for (let seq = 0; seq < count; seq++) {
    const event: object = {
      v: 'nhi.event/1',
      id: `${epoch}-${seq}`,
      kind: 'tool.invoke',
      phase: 'complete',
      tenant: 'acme',
      time: { occurred: new Date(START_MS + seq * 1_000).toISOString() },
      src: { id: 'agent-1', format: 'native', epoch, seq, prev },
      actor: { type: 'ai_agent', id: 'spiffe://acme.test/agent/1' },
      action: { name: 'tools/call', class: 'exec' },
      outcome: { result: 'success' },
      ...change(seq),
    };
    prev = eventDigest(canonicalJson(event as JsonValue));
    leaves.push(leafOf(event, START_MS + seq * 1_000));
  }
  return leaves;
}

function leafOf(event: object, at: number): EventLeaf {
  const recv = { adapter: 'native', at, by: null, conflict: null, map: null, raw: null };
  return {
    v: 'nhi.leaf/1',
    event,
    recv: { ...recv, salt: 'A'.repeat(22) },
    sig: null,
  } as EventLeaf;
}

function entriesOf(leaves: readonly EventLeaf[]): readonly SourceEntry[] {
  return leaves.map((leaf, i) => ({ index: 10 + i, leaf }));
}

function final(seq: number): object {
  return { kind: 'source.heartbeat', body: { last_seq: seq - 1, dropped_total: 0, final: true } };
}

describe('the report of a source', () => {
  it('finds nothing in a chain that is whole and ended', () => {
    const report = sourceReport(entriesOf(chain('e1', 5, (seq) => (seq === 4 ? final(4) : {}))));
    expect(report.findings).toEqual([]);
    expect(report.epochs).toEqual([{ epoch: 'e1', events: 5, lastSeq: 4, isEnded: true }]);
    expect(report.notProven.some((line) => line.includes('tail is unknown'))).toBe(false);
  });

  it('says that a tail is unknown where nothing ends it', () => {
    const { findings, notProven } = sourceReport(entriesOf(chain('e1', 3)));
    expect(findings).toEqual([]);
    expect(notProven[0]).toBe('that nothing followed number 2 of e1: its tail is unknown');
  });

  it('finds a gap, and the digest of what was in it', () => {
    const leaves = chain('e1', 6);
    const digest = eventDigest(canonicalJson(leaves[3]?.event as unknown as JsonValue));
    const { findings } = sourceReport(entriesOf(leaves.filter((_, seq) => seq !== 2 && seq !== 3)));
    expect(findings).toEqual([
      {
        rule: 'gap',
        epoch: 'e1',
        seq: 2,
        evidence: [11, 12],
        what: '2 to 3 never came',
        gap: { from: 2, to: 3, digest, declaredBy: null },
      },
    ]);
  });

  it('knows a gap that the source declared, and one at the beginning', () => {
    const leaves = chain('e1', 4, (seq) => {
      if (seq !== 3) return {};
      return {
        kind: 'source.drop_report',
        body: { count: 2, reason: 'spool_full', epoch: 'e1', from_seq: 0, to_seq: 1 },
      };
    });
    const { findings } = sourceReport(entriesOf(leaves.slice(2)));
    expect(findings.map(({ rule, what, evidence }) => [rule, what, evidence])).toEqual([
      ['gap', '0 to 1 never came, and the source says so', [10]],
    ]);
    expect(findings[0]?.gap?.declaredBy).toBe(11);
  });

  it('finds what came in another order, and no gap in it', () => {
    const [a, b, c, d] = chain('e1', 4) as [EventLeaf, EventLeaf, EventLeaf, EventLeaf];
    const { findings } = sourceReport(entriesOf([a, c, b, d]));
    expect(findings).toEqual([
      { rule: 'reorder', epoch: 'e1', seq: 1, evidence: [11, 12], what: '1 came behind 2' },
    ]);
  });

  it('finds a number that says two things, and accepts a link to either', () => {
    const leaves = chain('e1', 3);
    const [first, second, third] = leaves as [EventLeaf, EventLeaf, EventLeaf];
    const other = { ...second, event: { ...second.event, id: 'e1-other' } };
    const { findings } = sourceReport(entriesOf([first, other, second, third]));
    expect(findings.map(({ rule, evidence }) => [rule, evidence])).toEqual([
      ['repeated-number', [11, 12]],
    ]);
  });

  it('finds a link that does not fit', () => {
    const [a, b, c] = chain('e1', 3) as [EventLeaf, EventLeaf, EventLeaf];
    const changed = { ...b, event: { ...b.event, outcome: { result: 'failure' } } };
    const { findings } = sourceReport(entriesOf([a, changed, c]));
    expect(findings.map(({ rule, seq, evidence }) => [rule, seq, evidence])).toEqual([
      ['broken-link', 2, [11, 12]],
    ]);
  });

  it('finds a restart with an unknown tail, and none behind a last word', () => {
    const restarted = [...chain('e1', 3), ...chain('e2', 2)];
    expect(sourceReport(entriesOf(restarted)).findings).toMatchObject([
      { rule: 'restart', epoch: 'e1', seq: 2, evidence: [12, 13] },
    ]);
    const ended = [...chain('e1', 3, (seq) => (seq === 2 ? final(2) : {})), ...chain('e2', 2)];
    expect(sourceReport(entriesOf(ended)).findings).toEqual([]);
  });

  it('finds a clock that jumps back, ahead of the log, or far behind it', () => {
    const back = chain('e1', 3, (seq) => {
      return seq === 2 ? { time: { occurred: '2026-11-20T08:59:00.000Z' } } : {};
    });
    expect(sourceReport(entriesOf(back)).findings).toMatchObject([
      { rule: 'clock-backwards', seq: 2, evidence: [11, 12] },
    ]);
    const ahead = chain('e1', 4, (seq) => {
      return seq < 2 ? {} : { time: { occurred: `2026-11-20T11:00:0${seq}Z` } };
    });
    expect(sourceReport(entriesOf(ahead)).findings).toMatchObject([
      { rule: 'clock-future', seq: 2, evidence: [12, 13] },
    ]);
    const late = chain('e1', 2, (seq) => ({ time: { occurred: `2026-11-20T07:00:0${seq}Z` } }));
    expect(sourceReport(entriesOf(late)).findings).toMatchObject([
      { rule: 'clock-late', seq: 0, evidence: [10, 11] },
    ]);
  });

  it('believes a clock as far as it says that it errs', () => {
    const time = (ms: number) => ({
      time: { occurred: new Date(ms).toISOString(), clock: { sync: 'ntp', err_ms: 60_000 } },
    });
    const shaky = chain('e1', 3, (seq) => time(START_MS + (seq === 1 ? 100_000 : 0)));
    expect(sourceReport(entriesOf(shaky)).findings).toEqual([]);
  });

  it('tells nothing of events without numbers, and says so', () => {
    const { findings, unnumbered, notProven } = sourceReport(
      entriesOf(
        chain('e1', 2).map((leaf) => {
          return { ...leaf, event: { ...leaf.event, src: { id: 'agent-1', format: 'native' } } };
        }),
      ),
    );
    expect([findings, unnumbered]).toEqual([[], 2]);
    expect(notProven[0]).toBe('that no other event came between 2 without numbers');
  });

  it('finds exactly what is missing, whatever is left out and in whatever order the rest came', () => {
    const leaves = chain('e1', 12);
    fc.assert(
      fc.property(fc.shuffledSubarray(leaves, { minLength: 1 }), (some) => {
        const { findings } = sourceReport(entriesOf(some));
        const there = new Set(some.map(({ event }) => event.src.seq ?? 0));
        const last = Math.max(...there);
        const missing = Array.from({ length: last }, (_, n) => n).filter((n) => !there.has(n));
        const told = findings.flatMap(({ gap }) => {
          if (gap === undefined) return [];
          return Array.from({ length: gap.to - gap.from + 1 }, (_, n) => gap.from + n);
        });
        expect(told.sort((a, b) => a - b)).toEqual(missing);
        const late = some.filter(({ event }, i) => {
          return some.slice(0, i).some((one) => (one.event.src.seq ?? 0) > (event.src.seq ?? 0));
        });
        expect(findings.filter(({ rule }) => rule === 'reorder').length).toBe(late.length);
        expect(findings.every(({ rule }) => rule === 'gap' || rule === 'reorder')).toBe(true);
      }),
    );
  });
});
