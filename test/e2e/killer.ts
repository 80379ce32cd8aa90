import { CommitCountReader } from './commit-counts.ts';

/** What the killer is asked for. */
export interface KillOrder {
  readonly pid: number;
  /** The file in which the victim counts its commits. */
  readonly counters: string;
  readonly delayMs: number;
  /** Kill while a commit is under way, else whenever the delay is over. */
  readonly insideCommit: boolean;
}

const WAIT_MS_MAX = 3_000;

// A process of its own, because it spins: who waits for a turn of an event loop comes too late for a commit of 1 ms.
process.on('message', (order: KillOrder) => {
  setTimeout(() => {
    if (order.insideCommit) waitForCommit(order.counters);
    try {
      process.kill(order.pid, 'SIGKILL');
    } catch {
      // It had ended by itself: the parent looks at how.
    }
    process.send?.('done');
  }, order.delayMs);
});

function waitForCommit(file: string): void {
  const reader = new CommitCountReader(file);
  for (const started = performance.now(); performance.now() - started < WAIT_MS_MAX; ) {
    const { begun, ended } = reader.read();
    if (begun > ended) break;
  }
  reader.close();
}
