import { deepEqual, equal, ok } from 'node:assert/strict';
import { openSubmitter } from '../../src/client/client.ts';
import { lookupSentence } from '../../src/client/lookup-words.ts';
import { utf8 } from '../../src/core/bytes.ts';
import { canonicalJson } from '../../src/event/canonical.ts';
import { eventDigest } from '../../src/event/event.ts';
import type { JsonValue } from '../../src/event/strict-json.ts';
import { type SourceReport, sourceReport } from '../../src/monitor/source-report.ts';
import type { Report } from '../e2e/report.ts';
import { type Carried, eventsOf, lookUp, takeProof, verifyAgain, verifyFiles } from './auditor.ts';
import { Site, TENANT } from './site.ts';

const AGENTS = 40;
const EVENTS = 60;
const HOUR_MS = 3_600_000;

/** What goes wrong, agent by agent; with all others nothing does. */
const GAP = 'agent-3';
const REORDER = 'agent-7';
const CLOCK = 'agent-11';
const TWO_THINGS = 'agent-19';
const RESTART = 'agent-23';
const SILENT = 'agent-31';
const CLEAN = 'agent-5';

/**
 * Forty agents report what they do, each as fast as it can, numbered and linked. One loses three events, of one two
 * arrive in the wrong order, the clock of one jumps: what does the log show of it, to somebody who trusts none of them?
 */
export async function machineSpeed(report: Pick<Report, 'check'>, work: string): Promise<void> {
  await Site.play(work, { witnesses: 2 }, (site) => tell(report, site));
}

async function tell(report: Pick<Report, 'check'>, site: Site): Promise<void> {
  const chains = new Map(
    Array.from({ length: AGENTS }, (_, n) => `agent-${n}`).map((name) => [name, chainOf(name)]),
  );
  let sent = 0;
  await report.check(`${AGENTS} agents report at once`, async () => {
    const began = performance.now();
    const counts = await Promise.all(
      [...chains].map(([name, chain]) => submit(site, portionsOf(name, chain))),
    );
    sent = counts.reduce((sum, one) => sum + one, 0);
    const seconds = (performance.now() - began) / 1_000;
    await site.published();
    await site.indexed('kind:tool.invoke', sent - ENDED);
    return `${sent} events in ${seconds.toFixed(1)} s, ${Math.round(sent / seconds)} a second`;
  });

  const carried = new Map<string, Carried>();
  for (const name of [GAP, REORDER, CLOCK, TWO_THINGS, RESTART, SILENT, CLEAN]) {
    carried.set(name, (await lookUp(site, `source:${name}`)).carried);
  }
  const all = await lookUp(site, 'kind:tool.invoke');
  // Its three lost events turn up, an hour late, in a spool.
  const lost = chains.get(GAP)?.slice(20, 23) ?? [];
  await submit(site, [lost]);
  await site.published();
  const after = (await lookUp(site, `source:${GAP}`)).carried;
  const [gapEvent] = eventsOf((await lookUp(site, `source:${GAP}`)).result).slice(20);
  if (gapEvent === undefined) throw new Error('too few events');
  const proof = await takeProof(site, gapEvent);
  await site.stop();

  const reportOf = async (name: string): Promise<SourceReport> => {
    const one = carried.get(name);
    if (one === undefined) throw new Error(name);
    return reportFrom(one, site);
  };
  const rulesOf = async (name: string): Promise<readonly unknown[]> => {
    return (await reportOf(name)).findings.map(({ rule, seq }) => [rule, seq]);
  };

  await report.check(
    'with nobody serving: every event of every agent is accounted for',
    async () => {
      const result = await verifyAgain(all.carried, site.policy);
      equal(eventsOf(result).length, sent - ENDED);
      return lookupSentence(result);
    },
  );
  await report.check('an agent of which nothing is wrong is found to be whole', async () => {
    const { findings, epochs, notProven } = await reportOf(CLEAN);
    deepEqual(findings, []);
    deepEqual(epochs, [{ epoch: 'run-1', events: EVENTS, lastSeq: EVENTS - 1, isEnded: true }]);
    ok(!notProven.some((line) => line.includes('tail is unknown')));
    return undefined;
  });
  await report.check('the gap is found, with a commitment to what stood in it', async () => {
    const { findings } = await reportOf(GAP);
    deepEqual(
      findings.map(({ rule, what }) => [rule, what]),
      [['gap', '20 to 22 never came']],
    );
    const [{ gap, evidence } = { gap: undefined, evidence: [] }] = findings;
    equal(evidence.length, 2);
    equal(gap?.digest, digestOf(lost[2]));
    return `entries ${evidence.join(' and ')} show it; ${gap?.digest.slice(0, 12)}… stood in it`;
  });
  await report.check(
    'what turns up later fits the commitment, and is seen to be late',
    async () => {
      const { findings } = await reportFrom(after, site);
      deepEqual(
        findings.map(({ rule, seq }) => [rule, seq]),
        [20, 21, 22].map((seq) => ['reorder', seq]),
      );
      return 'no gap and no broken link: it is what was committed to';
    },
  );
  await report.check('the reorder is found, and that nothing is missing for it', async () => {
    deepEqual(await rulesOf(REORDER), [['reorder', 30]]);
    return undefined;
  });
  await report.check('the clock that jumps is found twice: by its own order, by ours', async () => {
    deepEqual(await rulesOf(CLOCK), [
      ['clock-backwards', 40],
      ['clock-late', 40],
    ]);
    return undefined;
  });
  await report.check('a number that says two things is found', async () => {
    deepEqual(await rulesOf(TWO_THINGS), [['repeated-number', 10]]);
    return undefined;
  });
  await report.check('a restart without a last word is found', async () => {
    const { epochs, findings } = await reportOf(RESTART);
    deepEqual(
      findings.map(({ rule, epoch, seq }) => [rule, epoch, seq]),
      [['restart', 'run-1', 29]],
    );
    deepEqual(
      epochs.map(({ epoch, isEnded }) => [epoch, isEnded]),
      [
        ['run-1', false],
        ['run-2', true],
      ],
    );
    return undefined;
  });
  await report.check('not proven: that an agent which fell silent did nothing more', async () => {
    const { findings, notProven } = await reportOf(SILENT);
    // It did: twenty events that never left it. Nothing in the log can show them, and the report says so.
    deepEqual(findings, []);
    ok(
      notProven.includes(
        `that nothing followed number ${EVENTS - 21} of run-1: its tail is unknown`,
      ),
    );
    ok(notProven.some((line) => line.startsWith('which clock was wrong')));
    return notProven[0];
  });
  await report.check('an entry of the evidence verifies by itself', async () => {
    const { holds, index, notAfter, notBefore } = await verifyFiles(site, proof);
    deepEqual([holds, index], [true, gapEvent.index]);
    // The order within the tree is proven; the time is, from one side alone.
    ok(notAfter !== null);
    equal(notBefore, null);
    return `not after ${notAfter}`;
  });
}

/** Last words, which are no uses of a tool: all agents say one but the one that falls silent. */
const ENDED = AGENTS - 1;

interface Event {
  readonly src: { readonly seq: number };
}

/** What an agent sends, in the requests in which it sends it. */
function portionsOf(name: string, chain: readonly Event[]): readonly (readonly object[])[] {
  const [head, tail] = [chain.slice(0, 30), chain.slice(30)];
  switch (name) {
    case GAP:
      return [chain.filter(({ src }) => src.seq < 20 || src.seq > 22)];
    case REORDER:
      return [
        [...head, ...tail.slice(1, 2)],
        [...tail.slice(0, 1), ...tail.slice(2)],
      ];
    case TWO_THINGS:
      return [chain, [{ ...chain[10], id: `${name}-again`, outcome: { result: 'denied' } }]];
    case RESTART:
      return [head, chainOf(name, 'run-2')];
    case SILENT:
      return [chain.slice(0, EVENTS - 20)];
    default:
      return [head, tail];
  }
}

/** What an agent does: numbered, and each linked to the one before. The last is its last word. */
function chainOf(name: string, epoch = 'run-1'): readonly Event[] {
  const events: Event[] = [];
  let prev: string | null = null;
  const beganMs = Date.now();
  for (let seq = 0; seq < EVENTS; seq++) {
    const jumped = name === CLOCK && seq >= 40 ? 2 * HOUR_MS : 0;
    const isLast = seq === EVENTS - 1;
    const event: Event & { readonly [name: string]: unknown } = {
      v: 'nhi.event/1',
      id: `${name}-${epoch}-${seq}`,
      kind: isLast ? 'source.heartbeat' : 'tool.invoke',
      phase: isLast ? 'point' : 'complete',
      tenant: TENANT,
      time: { occurred: new Date(beganMs + seq - jumped).toISOString() },
      src: { id: name, format: 'native', epoch, seq, prev } as Event['src'],
      actor: { type: 'ai_agent', id: `spiffe://acme.test/${name}` },
      action: { name: 'tools/call', class: 'exec' },
      outcome: { result: 'success' },
      ...(isLast ? { body: { last_seq: seq - 1, dropped_total: 0, final: true } } : {}),
    };
    prev = digestOf(event);
    events.push(event);
  }
  return events;
}

/** Sends one request after the other; how many events were taken. */
async function submit(site: Site, portions: readonly (readonly object[])[]): Promise<number> {
  const submitter = openSubmitter({ url: site.url });
  let taken = 0;
  for (const portion of portions) {
    const items = portion.map((event) => utf8(JSON.stringify(event)));
    for (const result of await submitter.submit(items)) {
      if (result.kind !== 'receipt') throw new Error(JSON.stringify(result));
      taken += 1;
    }
  }
  return taken;
}

/** What the events of a carried lookup show of their source, verified again from what was carried. */
async function reportFrom(carried: Carried, site: Site): Promise<SourceReport> {
  const events = eventsOf(await verifyAgain(carried, site.policy));
  return sourceReport(events.map(({ index, ...leaf }) => ({ index, leaf })));
}

function digestOf(event: unknown): string {
  return eventDigest(canonicalJson(event as JsonValue));
}
