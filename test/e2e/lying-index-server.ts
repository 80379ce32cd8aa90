/**
 * A server of a log whose index lies: `lying-index-server.ts DATA LIE`. It is made of the parts of the honest one; it
 * keeps entry `DROPPED` from whoever asks for `DROPPED_KEY`. Prints one line of JSON when it listens, as `varve serve`.
 *
 * posting: leaves it out of its answers. mini-log: answers with a mini-log without it, which fits in itself. trie: makes its
 * index without it, so that trie and index head leave it out too.
 */
import { join } from 'node:path';
import { readServeConfig, SERVE_FLAGS } from '../../src/cli/config.ts';
import { parseFlags } from '../../src/cli/flags.ts';
import { indexedLog } from '../../src/cli/indexed-log.ts';
import { openLogs } from '../../src/cli/open-logs.ts';
import { utf8, utf8Text } from '../../src/core/bytes.ts';
import { createApp, limitsOf, listen } from '../../src/http/http.ts';
import { type IndexedLog, type LookupIndex, openIndex } from '../../src/lookup/lookup.ts';
import { openLevelIndexStore } from '../../src/storage/storage.ts';
import { DROPPED, DROPPED_CREDENTIAL, type IndexLie } from './index-lies.ts';

const [data = '', lie = ''] = process.argv.slice(2) as [string?, IndexLie?];
const flags = parseFlags(['--data', data, '--log', 'main'], SERVE_FLAGS);
const config = await readServeConfig(flags, {});
const now = Date.now;
const [opened] = await openLogs(config, { now, onFault: fail, onHalt: () => fail('halted') });
if (opened === undefined) throw new Error('no log');
const { log } = opened;
const index = openIndex({
  log: lie === 'trie' ? withoutEntry(indexedLog(log)) : indexedLog(log),
  store: await openLevelIndexStore({ dir: join(data, 'index', 'main') }),
  limits: { headIntervalMs: 200 },
  clock: () => performance.now(),
  pause: () => new Promise((resolve) => setImmediate(resolve)),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  onTrouble: (_, error) => fail(error),
});
const app = createApp({
  logs: new Map([['main', log]]),
  indexes: new Map([['main', lie === 'trie' ? index : lyingIndex(index)]]),
  random: Math.random,
  now,
  limits: limitsOf(),
});
const server = await listen({ app, host: '127.0.0.1', port: 0, random: Math.random });
const { vkey, origin } = log;
console.log(JSON.stringify({ name: 'main', origin, vkey, url: `${server.url}/main` }));
process.on('SIGTERM', () => process.exit(0));

function fail(error: unknown): void {
  console.error(error);
  process.exit(2);
}

/** The log with another credential in one entry. */
function withoutEntry(honest: IndexedLog): IndexedLog {
  return {
    ...honest,
    async *follow(cursor, signal) {
      for await (const batch of honest.follow(cursor, signal)) {
        const entries = batch.entries.map((entry, i) =>
          batch.firstIndex + i === DROPPED
            ? utf8(utf8Text(entry).replace(DROPPED_CREDENTIAL, 'tok-another'))
            : entry,
        );
        yield { ...batch, entries };
      }
    },
  };
}

/** The honest index, whose answers leave one posting out. */
function lyingIndex(honest: LookupIndex): LookupIndex {
  return {
    figures: () => honest.figures(),
    audits: () => honest.audits(),
    keepAudit: (...given) => honest.keepAudit(...given),
    close: () => honest.close(),
    async answer(question) {
      const reply = await honest.answer(question);
      const { page, count } = reply;
      if (page?.indices.includes(DROPPED) !== true) return reply;
      const indices = page.indices.filter((one) => one !== DROPPED);
      if (lie === 'posting') return { ...reply, page: { ...page, indices } };
      // The whole mini-log without it, so that its own hashes hold.
      const whole = await honest.answer({ label: question.label, limit: 10_000 });
      const all = (whole.page?.indices ?? []).filter((one) => one !== DROPPED);
      return { ...reply, count: count - 1, page: { from: 0, indices: all, left: [], right: [] } };
    },
  };
}
