import { startFlushCounter } from '../support/flush-counter/flush-counter.ts';
import type { SignedLog } from '../support/signed-log.ts';
import type { Report } from './report.ts';
import { startWitness, type WitnessProcess } from './witness-process.ts';

const GROWTHS = 10;

/**
 * Counts the flushes of a witness from outside, and lets them fail: no cosignature without two of them, none when one
 * fails, and no further one for that log until a start has looked at what is on disk.
 */
export async function flushRounds(
  report: Report,
  options: { readonly dataFolder: string; readonly logs: readonly [SignedLog, SignedLog] },
): Promise<void> {
  const { dataFolder } = options;
  const [log, other] = options.logs;
  const counter = startFlushCounter();
  try {
    const witness = await startWitness({ dataFolder, env: counter.env });
    await statusIs(witness, log.request(0, 1), 200);
    await report.check('two flushes before each cosignature', async () => {
      for (let size = 1; size <= GROWTHS; size++) {
        const before = counter.read().total;
        await statusIs(witness, log.request(size, size + 1), 200);
        const flushes = counter.read().total - before;
        if (flushes < 2) throw new Error(`${flushes} flushes for size ${size + 1}`);
      }
      return `${GROWTHS} cosignatures`;
    });
    await report.check('no cosignature when a flush fails, nor after it', async () => {
      counter.setMode('fail');
      await statusIs(witness, log.request(GROWTHS + 1, GROWTHS + 2), 500);
      counter.setMode('real');
      await statusIs(witness, log.request(GROWTHS + 1, GROWTHS + 2), 500);
      await statusIs(witness, other.request(0, 1), 200);
      return undefined;
    });
    await witness.stop();
    await report.check('a start takes up what is on disk', async () => {
      const again = await startWitness({ dataFolder });
      await statusIs(again, log.request(GROWTHS + 1, GROWTHS + 2), 200);
      await again.stop();
      return undefined;
    });
  } finally {
    counter.close();
  }
}

async function statusIs(witness: WitnessProcess, body: Uint8Array, status: number): Promise<void> {
  const response = await fetch(`${witness.url}/add-checkpoint`, {
    method: 'POST',
    body: new Uint8Array(body),
    signal: AbortSignal.timeout(20_000),
  });
  const said = await response.text();
  if (response.status !== status) throw new Error(`${response.status}: ${said} ${witness.said()}`);
}
