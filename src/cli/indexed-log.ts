import { readRoot } from '../core/prover.ts';
import { followEntries, type Log } from '../log/log.ts';
import type { IndexedLog } from '../lookup/lookup.ts';

/** A log as its index sees it. The index waits for heads and never hurries one along. */
export function indexedLog(log: Log): IndexedLog {
  return {
    origin: log.origin,
    follow: (cursor, signal) => followEntries(log, cursor, signal),
    async published() {
      const { published } = log;
      return published === null ? null : { size: published.size, rootHash: published.rootHash };
    },
    async integratedSize() {
      return log.figures.integratedSize;
    },
    rootAt: (size) => readRoot(log.tiles, size),
    appendIndexHead: (leaf) => log.appendOwn(leaf),
  };
}
