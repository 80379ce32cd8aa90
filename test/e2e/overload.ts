/*
 * More than the server can take at once: `npm run test:overload [-- --full]`. Batches of Kubernetes of 10 MB, bodies of
 * OTLP of 64 MiB, a hundred emitters, a pool that is small. What is refused says when to come back; in the end each event
 * is one leaf, and the process never held more than 1 GiB.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { parseBundle } from '../../src/core/bundle.ts';
import { parseLeaf } from '../../src/event/leaf.ts';
import {
  type Batch,
  kubernetesBatch,
  nativeBatch,
  otlpBatch,
  vaultBatch,
} from './overload/bodies.ts';
import { Answers, emit } from './overload/send.ts';
import { runVarve } from './serve/asked.ts';
import { startServer } from './server.ts';
import { openSuite } from './suite.ts';

const { values: flags } = parseArgs({ options: { full: { type: 'boolean', default: false } } });
const SIZE = flags.full
  ? { clusters: 10, batches: 6, eventBytes: 2_000, otlp: 6, recordBytes: 1_500, rounds: 40 }
  : { clusters: 4, batches: 1, eventBytes: 8_000, otlp: 3, recordBytes: 40_000, rounds: 1 };
/** Of each of two kinds: lines of Vault, and events in their native form. */
const EMITTERS = 100;
const LINES = 60;
const MEBIBYTE = 1_048_576;
const POOL_ENTRIES = 1_000;
/** Room for two of the largest bodies, and not for a third. */
const BODIES_BYTES = 128 * MEBIBYTE;

const { report, folder: work, play } = openSuite('overload');
const config = join(work, 'varve.json');
writeFileSync(
  config,
  JSON.stringify({
    limits: { bodiesInFlightBytesMax: BODIES_BYTES },
    logs: [{ name: 'main', limits: { poolEntriesMax: POOL_ENTRIES } }],
  }),
);
const server = await startServer({
  dataFolder: join(work, 'data'),
  logs: [],
  configuredLogs: 1,
  flags: ['--config', config],
});
const { url, vkey } = server.log('main');
const answers = new Answers();
await play(async () => {
  try {
    const began = performance.now();
    await report.check('all emitters are answered with success in the end', async () => {
      const { small, large } = loads();
      const send = (loads: readonly (readonly Batch[])[]): Promise<unknown> =>
        Promise.all(loads.map((batches) => emit(url, batches, answers)));
      // Many small ones fill the pool; large ones that come while those try again fill the room for bodies.
      await Promise.all([send(small), sleep(1_000).then(() => send(large))]);
      return `${answers}, ${((performance.now() - began) / 1000).toFixed(1)} s`;
    });
    await report.check('a full pool, and too many bodies, were refused with 503', () => {
      for (const code of ['pool.full', 'request.overloaded']) {
        if (!answers.refused.has(code)) throw new Error(`no ${code} among ${answers}`);
      }
      const others = [...answers.refused.keys()].filter(
        (code) => !['pool.full', 'pool.stale', 'request.overloaded'].includes(code),
      );
      if (others.length > 0) throw new Error(others.join());
      return undefined;
    });
    await report.check('each refusal said when to come back', () => {
      if (answers.unguided > 0) throw new Error(`${answers.unguided} without Retry-After`);
      return `${answers.cut} requests were cut`;
    });
    await report.check('nothing is lost, and nothing doubled', () => compare());
    await report.check('the process never held more than 1 GiB', () => {
      const peak = residentPeakMebibytes(server.pid);
      if (peak > 1_024) throw new Error(`${peak} MiB`);
      return `${peak} MiB at most`;
    });
    await report.check('the log holds', async () => {
      const { code, stdout, stderr } = await runVarve(['check', url, '--vkey', vkey]);
      if (code !== 0) throw new Error(stderr);
      return stdout.split('\n')[0] ?? '';
    });
  } finally {
    await server.stop().catch((error: unknown) => report.fail('the server ends with 0', error));
  }
});

/** What each emitter sends, in its order. Bodies are shared between none, and made before anything is sent. */
function loads(): Readonly<Record<'small' | 'large', readonly (readonly Batch[])[]>> {
  const of = <T>(count: number, make: (i: number) => T): T[] =>
    Array.from({ length: count }, (_, i) => make(i));
  const clusters = of(SIZE.clusters, (k) =>
    of(SIZE.batches, (n) => kubernetesBatch(`k8s-${k}-${n}`, 10_000_000, SIZE.eventBytes)),
  );
  const agents = of(SIZE.otlp, (k) => [
    otlpBatch(`otlp-${k}`, 64 * MEBIBYTE, {
      recordBytes: SIZE.recordBytes,
      form: k % 2 === 0 ? 'json' : 'protobuf',
      gzip: k % 4 > 1,
    }),
  ]);
  const vaults = of(EMITTERS, (k) => of(SIZE.rounds, (n) => vaultBatch(`vault-${k}-${n}`, LINES)));
  const natives = of(EMITTERS, (k) =>
    of(SIZE.rounds, (n) => nativeBatch(`native-${k}-${n}`, LINES)),
  );
  return { small: [...natives, ...vaults], large: [...agents, ...clusters] };
}

/** Reads every entry of the published tree, and counts the ids of its events. */
async function compare(): Promise<string> {
  const size = await publishedSize();
  const seen = new Map<string, number>();
  let conflicts = 0;
  for (let index = 0; index * 256 < size; index++) {
    const width = Math.min(256, size - index * 256);
    const path = `${tilePath(index)}${width < 256 ? `.p/${width}` : ''}`;
    const answer = await fetch(`${url}/tile/entries/${path}`);
    if (answer.status !== 200) throw new Error(`bundle ${index}: ${answer.status}`);
    for (const entry of parseBundle(new Uint8Array(await answer.arrayBuffer()), width)) {
      const leaf = parseLeaf(entry);
      if (leaf.v !== 'nhi.leaf/1') continue;
      seen.set(leaf.event.id, (seen.get(leaf.event.id) ?? 0) + 1);
      if (leaf.recv.conflict !== null) conflicts += 1;
    }
  }
  const lost = answers.ids.filter((id) => !seen.has(id));
  const doubled = [...seen].filter(([, count]) => count > 1);
  const strangers = seen.size + lost.length - new Set(answers.ids).size;
  if (lost.length + doubled.length + strangers + conflicts > 0) {
    throw new Error(
      `${lost.length} lost, ${doubled.length} doubled, ${strangers} that nobody sent, ${conflicts} conflicts`,
    );
  }
  return `${seen.size} events, each one leaf`;
}

/** Size of the published tree once it stands still. */
async function publishedSize(): Promise<number> {
  for (let last = -1; ; ) {
    const text = await (await fetch(`${url}/checkpoint`)).text();
    const size = Number(text.split('\n')[1]);
    if (size === last) return size;
    last = size;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** `x001/234` of 1234. (C2SP tlog-tiles) */
function tilePath(index: number): string {
  const parts: string[] = [];
  for (let rest = index, first = true; first || rest > 0; first = false) {
    const three = String(rest % 1_000).padStart(3, '0');
    parts.unshift(first ? three : `x${three}`);
    rest = Math.floor(rest / 1_000);
  }
  return parts.join('/');
}

function residentPeakMebibytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1_024);
}
