import { join } from 'node:path';
import type { Report } from '../report.ts';
import { HostProcess, until, type WitnessSite } from './site.ts';
import type { GateMode } from './witness-gate.ts';

/** Defaults of the witness client and the publisher, ms. */
const TIMEOUT_MS = 5_000;
const INTERVAL_MS = 1_000;

const LOG = 'bad';
const BAD: readonly GateMode[] = ['hang', 'flap', 'garbage'];

/** Two witnesses of three are honest, the third in turn is not; then two are not. */
export async function checkBadWitnesses(
  report: Report,
  work: string,
  { site, isFull }: { readonly site: WitnessSite; readonly isFull: boolean },
): Promise<void> {
  const host = new HostProcess(join(work, 'bad'), site, [{ name: LOG, isWitnessed: true }]);
  try {
    await host.start();
    await site.enrol([host.vkey(LOG)]);
    await host.publish(LOG, 1);
    for (const [i, mode] of BAD.entries()) {
      await report.check(`a witness of three does ${mode}: publication goes on`, () =>
        goesOn(host, site, { mode, at: i % 3 }),
      );
    }
    await report.check('two of three are bad: publication stops, admission goes on', () =>
      stops(host, site),
    );
    for (const mode of BAD) {
      await report.check(`admission beside a witness that does ${mode}`, () =>
        admits(host, site, { mode, pairs: isFull ? 5 : 1, seconds: isFull ? 4 : 1.5 }),
      );
    }
    await host.stop();
  } finally {
    await host.kill();
  }
}

function setAll(site: WitnessSite, modes: readonly GateMode[]): void {
  for (const [i, gate] of site.gates.entries()) gate.set(LOG, modes[i] ?? 'open');
}

async function goesOn(
  host: HostProcess,
  site: WitnessSite,
  { mode, at }: { readonly mode: GateMode; readonly at: number },
): Promise<string> {
  setAll(
    site,
    [0, 1, 2].map((i) => (i === at ? mode : 'open')),
  );
  let longest = 0;
  for (let i = 0; i < 4; i++) {
    const began = performance.now();
    await host.publish(LOG, 2);
    longest = Math.max(longest, performance.now() - began);
  }
  setAll(site, []);
  if (longest > TIMEOUT_MS + INTERVAL_MS) throw new Error(`${Math.round(longest)} ms`);
  return `published within ${Math.round(longest)} ms, four times`;
}

async function stops(host: HostProcess, site: WitnessSite): Promise<string> {
  setAll(site, ['open', 'hang', 'garbage']);
  const { publishedSize } = await host.stand(LOG);
  await host.submit(LOG, 3);
  const end = performance.now() + TIMEOUT_MS + 2 * INTERVAL_MS;
  let admitted = 3;
  while (performance.now() < end) {
    await host.submit(LOG, 5);
    admitted += 5;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const stand = await host.stand(LOG);
  if (stand.publishedSize !== publishedSize) throw new Error(`published ${stand.publishedSize}`);
  if (stand.integratedSize < publishedSize + admitted) throw new Error('events are missing');
  if (stand.kind !== 'running') throw new Error(stand.kind);
  setAll(site, []);
  const ms = await until('it publishes again', async () => {
    return (await host.stand(LOG)).publishedSize >= stand.integratedSize;
  });
  return `${admitted} events admitted and none published; all of them ${Math.round(ms)} ms after the witnesses came back`;
}

/** Events a second with three honest witnesses and with one that is not, in pairs, as their ratio. */
async function admits(
  host: HostProcess,
  site: WitnessSite,
  plan: { readonly mode: GateMode; readonly pairs: number; readonly seconds: number },
): Promise<string> {
  const rate = async (modes: readonly GateMode[]): Promise<number> => {
    setAll(site, modes);
    const began = performance.now();
    let events = 0;
    while (performance.now() - began < plan.seconds * 1_000) {
      await Promise.all([host.submit(LOG, 100), host.submit(LOG, 100)]);
      events += 200;
    }
    return (events * 1_000) / (performance.now() - began);
  };
  await rate([]);
  const ratios: number[] = [];
  for (let pair = 0; pair < plan.pairs; pair++) {
    // In turn first and second: a machine that slows down slows both.
    const honestFirst = pair % 2 === 0;
    const first = await rate(honestFirst ? [] : [plan.mode]);
    const second = await rate(honestFirst ? [plan.mode] : []);
    ratios.push(honestFirst ? second / first : first / second);
  }
  setAll(site, []);
  const median = ratios.sort((x, y) => x - y)[Math.floor(ratios.length / 2)] ?? 0;
  const said = `${median.toFixed(2)} of the rate beside honest ones, median of ${plan.pairs}`;
  if (plan.pairs > 1 && median < 0.9) throw new Error(said);
  return said;
}
