import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerProcess } from '../test/e2e/server.ts';

const POLL_MS = 250;
const CATCH_UP_MS_MAX = 900_000;

/**
 * Waits until every published entry with keys is under a head.
 *
 * @param say  told of the lag, now and then
 */
export async function caughtUp(server: ServerProcess, say: (text: string) => void): Promise<void> {
  const start = performance.now();
  for (let quiet = 0, polls = 1; quiet < 2; polls++) {
    await sleep(POLL_MS);
    const lag = await lagOf(server);
    quiet = lag === 0 ? quiet + 1 : 0;
    if (polls % 60 === 0) say(`the index lags by ${lag} entries`);
    // Made anew while it is measured, nothing that is measured means anything.
    if (server.said().includes('the index begins again')) throw new Error(server.said());
    if (performance.now() - start > CATCH_UP_MS_MAX) throw new Error(`a lag of ${lag} stays`);
  }
}

/** Reads the lag twice a second until it is asked for what it saw. */
export function watchLag(server: ServerProcess): () => Promise<number[]> {
  const seen: number[] = [];
  const reading = new Set<Promise<void>>();
  const timer = setInterval(() => {
    const read = lagOf(server).then((lag) => {
      if (lag !== null) seen.push(lag);
      reading.delete(read);
    });
    reading.add(read);
  }, 500);
  return async () => {
    clearInterval(timer);
    await Promise.all(reading);
    return seen;
  };
}

/** The lag metric; null before the index told it, and when the server does not come to answer. */
export async function lagOf(server: ServerProcess): Promise<number | null> {
  const metrics = await fetch(new URL('/metrics', server.log('main').url)).then(
    (reply) => reply.text(),
    () => '',
  );
  const text = /^varve_follower_lag_entries\{.*follower="index".*\} ([0-9]+)$/m.exec(metrics)?.[1];
  return text === undefined ? null : Number(text);
}
