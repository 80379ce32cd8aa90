import { readFileSync } from 'node:fs';
import type { HostProcess } from './site.ts';

/** How admission beside a bad witness is held against that beside honest ones. */
export interface PairPlan {
  readonly log: string;
  /** With more than one, their median must be 0.9 at least. */
  readonly pairs: number;
  readonly sliceSeconds: number;
  /** Each pair is so many times honest, bad, bad, honest. */
  readonly turns: number;
  setBad(isBad: boolean): void;
}

/** Events that were admitted, in what time, and for what processor time of the server. */
interface Side {
  events: number;
  ms: number;
  cpuMs: number;
}

/**
 * Events a second beside a bad witness, as a part of those beside honest ones: the median of several pairs. A machine
 * that others use slows down for a second and more: the sides of a pair take turns in slices, so that it slows both.
 *
 * The processor time for an event is told too. It does not depend on what else the machine does.
 *
 * @throws if the median of several pairs is below 0.9
 */
export async function compareAdmission(host: HostProcess, plan: PairPlan): Promise<string> {
  plan.setBad(false);
  await admit(host, plan, emptySide());
  const ratios: number[] = [];
  const [allHonest, allBad] = [emptySide(), emptySide()];
  for (let pair = 0; pair < plan.pairs; pair++) {
    const [honest, bad] = [emptySide(), emptySide()];
    for (let turn = 0; turn < plan.turns; turn++) {
      for (const isBad of [false, true, true, false]) {
        plan.setBad(isBad);
        await admit(host, plan, isBad ? bad : honest);
      }
    }
    ratios.push(rateOf(bad) / rateOf(honest));
    add(allHonest, honest);
    add(allBad, bad);
  }
  plan.setBad(false);
  const median = ratios.sort((x, y) => x - y)[Math.floor(ratios.length / 2)] ?? 0;
  const said =
    `${median.toFixed(2)} of the rate beside honest ones (${Math.round(rateOf(allHonest))}/s), median of ${plan.pairs}; ` +
    `processor time for an event ${cpuOf(allBad)} µs, ${cpuOf(allHonest)} µs beside honest ones`;
  if (plan.pairs > 1 && median < 0.9) throw new Error(said);
  return said;
}

function emptySide(): Side {
  return { events: 0, ms: 0, cpuMs: 0 };
}

function add(to: Side, { events, ms, cpuMs }: Side): void {
  to.events += events;
  to.ms += ms;
  to.cpuMs += cpuMs;
}

function rateOf({ events, ms }: Side): number {
  return (events * 1_000) / ms;
}

function cpuOf({ events, cpuMs }: Side): string {
  return ((cpuMs * 1_000) / events).toFixed(0);
}

async function admit(
  host: HostProcess,
  { log, sliceSeconds }: PairPlan,
  side: Side,
): Promise<void> {
  const cpuBefore = cpuMsOf(host);
  const began = performance.now();
  let events = 0;
  while (performance.now() - began < sliceSeconds * 1_000) {
    await Promise.all([host.submit(log, 100), host.submit(log, 100)]);
    events += 200;
  }
  add(side, { events, ms: performance.now() - began, cpuMs: cpuMsOf(host) - cpuBefore });
}

/** User and system time of the server, in steps of 10 ms; NaN where the system does not tell. */
function cpuMsOf(host: HostProcess): number {
  try {
    const stat = readFileSync(`/proc/${host.pid}/stat`, 'utf8');
    // Behind the name in brackets, which may hold anything: fields 3 and on.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return Number.NaN;
  }
}
