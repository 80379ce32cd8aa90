import { setTimeout as sleepFor } from 'node:timers/promises';
import { TransparencyError } from '../core/error.ts';
import { type LookupIndex, openIndex } from '../lookup/lookup.ts';
import { openLevelIndexStore } from '../storage/storage.ts';
import type { IndexHostOptions } from './index-host.ts';
import { indexedLog } from './indexed-log.ts';

/** The verifiable index of a log in the thread of its log: where sources run as they are, a thread could not load them. */
export function openIndexHere(options: IndexHostOptions): LookupIndex {
  const { log, dir, logger, limits = {}, onNewKeys } = options;
  let index: LookupIndex | null = null;
  const opening = openLevelIndexStore({ dir }).then(
    (store) => {
      index = openIndex({
        log: indexedLog(log),
        store,
        limits,
        clock: () => performance.now(),
        pause: () => new Promise((resolve) => setImmediate(resolve)),
        async sleep(ms, signal) {
          await sleepFor(ms, undefined, { signal }).catch(() => undefined);
        },
        onNewKeys(counts) {
          for (const [token, count] of counts) onNewKeys?.(token, count);
        },
        onTrouble(state, error) {
          logger.warn({ log: log.name, state, err: error }, 'the index is in trouble');
        },
      });
    },
    (error) => logger.error({ log: log.name, err: error }, 'the index cannot be opened'),
  );
  const opened = (): LookupIndex => {
    if (index !== null) return index;
    throw new TransparencyError('index.not-ready', 'the index is starting');
  };
  return {
    figures: async () => await opened().figures(),
    answer: async (question) => await opened().answer(question),
    audits: async () => await opened().audits(),
    keepAudit: async (note, by) => await opened().keepAudit(note, by),
    async close() {
      await opening;
      await index?.close();
    },
  };
}
