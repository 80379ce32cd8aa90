import { join } from 'node:path';
import type { Report } from '../report.ts';
import { compareAdmission } from './admission-pairs.ts';
import { HostProcess, until, type WitnessSite } from './site.ts';
import type { GateMode } from './witness-gate.ts';

/** Defaults of the witness client and the publisher, ms. */
const TIMEOUT_MS = 5_000;
const INTERVAL_MS = 1_000;

const BAD: readonly GateMode[] = ['hang', 'flap', 'garbage'];
/** Heads that are waited for beside each bad witness: one that flaps is bad for two of them. */
const HEADS = 4;
const TWO_BAD = 'two-bad';
const MEASURED = 'measured';

/** Two witnesses of three are honest, the third in turn is not; then two are not. */
export async function checkBadWitnesses(
  report: Report,
  work: string,
  {
    site,
    isFull,
    others,
  }: {
    readonly site: WitnessSite;
    readonly isFull: boolean;
    /** What else the suite does: the rate of admission is not measured beside it. */
    readonly others: Promise<void>;
  },
): Promise<void> {
  const names = [...BAD, TWO_BAD, MEASURED];
  const logs = names.map((name) => ({ name, isWitnessed: true }));
  const host = new HostProcess(join(work, 'bad'), site, logs);
  try {
    await host.start();
    await site.enrol(names.map((name) => host.vkey(name)));
    await Promise.all(names.map((name) => host.publish(name, 1)));
    // Each on a log of its own, so all at once: what they take is time that others wait.
    await Promise.all([
      ...BAD.map((mode, at) =>
        report.check(`a witness of three does ${mode}: publication goes on`, () =>
          goesOn(host, site, { mode, at }),
        ),
      ),
      report.check('two of three are bad: publication stops, admission goes on', () =>
        stops(host, site),
      ),
    ]);
    await others;
    for (const mode of BAD) {
      await report.check(`admission beside a witness that does ${mode}`, () =>
        compareAdmission(host, {
          log: MEASURED,
          pairs: isFull ? 5 : 1,
          sliceSeconds: isFull ? 1 : 0.75,
          turns: isFull ? 2 : 1,
          setBad: (isBad) => setAll(site, MEASURED, isBad ? [mode] : []),
        }),
      );
    }
    await host.stop();
  } finally {
    await host.kill();
  }
}

function setAll(site: WitnessSite, log: string, modes: readonly GateMode[]): void {
  for (const [i, gate] of site.gates.entries()) gate.set(log, modes[i] ?? 'open');
}

async function goesOn(
  host: HostProcess,
  site: WitnessSite,
  { mode, at }: { readonly mode: GateMode; readonly at: number },
): Promise<string> {
  const log = mode;
  setAll(
    site,
    log,
    [0, 1, 2].map((i) => (i === at ? mode : 'open')),
  );
  let longest = 0;
  for (let i = 0; i < HEADS; i++) {
    const began = performance.now();
    await host.publish(log, 2);
    longest = Math.max(longest, performance.now() - began);
  }
  setAll(site, log, []);
  if (longest > TIMEOUT_MS + INTERVAL_MS) throw new Error(`${Math.round(longest)} ms`);
  return `published within ${Math.round(longest)} ms, ${HEADS} times`;
}

async function stops(host: HostProcess, site: WitnessSite): Promise<string> {
  const log = TWO_BAD;
  setAll(site, log, ['open', 'hang', 'garbage']);
  const { publishedSize } = await host.stand(log);
  await host.submit(log, 3);
  const end = performance.now() + TIMEOUT_MS + 2 * INTERVAL_MS;
  let admitted = 3;
  while (performance.now() < end) {
    await host.submit(log, 5);
    admitted += 5;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const stand = await host.stand(log);
  if (stand.publishedSize !== publishedSize) throw new Error(`published ${stand.publishedSize}`);
  if (stand.integratedSize < publishedSize + admitted) throw new Error('events are missing');
  if (stand.kind !== 'running') throw new Error(stand.kind);
  setAll(site, log, []);
  const ms = await until('it publishes again', async () => {
    return (await host.stand(log)).publishedSize >= stand.integratedSize;
  });
  return `${admitted} events admitted and none published; all of them ${Math.round(ms)} ms after the witnesses came back`;
}
