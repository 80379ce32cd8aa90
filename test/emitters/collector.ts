import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OTLPLogExporter as JsonLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtoLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { openLogClient, policyOfVkey } from '../../src/client/client.ts';
import { readAllEntries } from '../../src/client/lookup-entries.ts';
import { type EventLeaf, parseLeaf } from '../../src/event/leaf.ts';
import { runWell } from '../e2e/run.ts';
import { metricsOf, until } from '../e2e/serve/asked.ts';
import { type ServerProcess, startServer } from '../e2e/server.ts';
import { pythonWith } from './python.ts';
import { toolCall } from './tool-call.ts';

const FOLDER = join(import.meta.dirname, '..', 'foreign', 'collector');
const PROGRAM = join(import.meta.dirname, '..', '..', '.cache', 'otel-collector');
/** Records that each exporter of JavaScript sends, so many at a time. */
const RECORDS = 2_000;
const CHUNK = 100;
const SPANS = 200;
/** `emit.py` sends these. */
const PYTHON_RECORDS = 2_000;
const PYTHON_SPANS = 2;

/**
 * An OpenTelemetry collector between exporters and a log: it batches, packs and retries, and the log answers 503 where its
 * pool is full, is killed, and comes back. Every record is a leaf, once.
 */
export async function sendThroughCollector({
  check,
}: {
  check(holds: boolean, statement: string): void;
}): Promise<void> {
  const started = performance.now();
  await runWell('go', ['build', '-o', PROGRAM, '.'], { cwd: FOLDER, limitMs: 600_000 });
  console.log(`built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  const work = mkdtempSync(join(tmpdir(), 'varve-collector-'));
  const site = new Site(work, { varve: await freePort(), collector: await freePort() });
  let stopped: Promise<unknown> = Promise.resolve();
  try {
    await site.startLog();
    const collector = site.startCollector();
    stopped = once(collector, 'close');
    await until('the collector listens', () => answers(site.otlp), 30_000);
    const python = pythonWith(['emit.py', site.url, site.otlp]);
    const sent = sendLogs(site.otlp);
    // Whatever fails first is told; these are waited for below.
    for (const sender of [python, sent]) sender.catch(() => undefined);
    // In the middle of it.
    let taken = 0;
    await until('some are in the log', async () => {
      taken = await countOf(site, 'varve_items_total', 'outcome="appended"');
      return taken > RECORDS / 4;
    });
    const refused = await refusalsOf(site);
    await site.killLog();
    // Long enough for what is under way to be refused its connection.
    await pause(1_000);
    await site.startLog();
    await sent;
    await sendSpans(site.otlp);
    await python;
    const all = 2 * RECORDS + SPANS + PYTHON_RECORDS + PYTHON_SPANS;
    let leaves: readonly EventLeaf[] = [];
    await until(
      `${all} are leaves`,
      async () => {
        leaves = await leavesOf(site);
        return leaves.length >= all;
      },
      60_000,
    ).catch(() => undefined);
    // What was answered and not heard is sent again, and must add nothing.
    await pause(1_000);
    leaves = await leavesOf(site);
    const ids = new Set(leaves.map(({ event }) => `${event.src.id} ${event.id}`));
    check(
      leaves.length === all && ids.size === all,
      `each once: ${leaves.length} leaves, ${ids.size} ids of ${all}`,
    );
    check(
      leaves.every(({ event, recv }) => recv.conflict === null && event.kind !== 'unmapped'),
      'none of them a conflict, none unmapped',
    );
    const of = (adapter: string): number =>
      leaves.filter(({ recv }) => recv.adapter === adapter).length;
    check(
      of('otlp-logs') === 2 * RECORDS + PYTHON_RECORDS &&
        of('otlp-traces') === SPANS + PYTHON_SPANS,
      `logs ${of('otlp-logs')}, spans ${of('otlp-traces')}`,
    );
    const later = await refusalsOf(site);
    check(refused + later > 0, `503 was answered ${refused + later} times, and tried again`);
    check(taken < all, `the log was killed when it had taken ${taken}, and the rest came behind`);
    collector.kill('SIGTERM');
    await stopped;
    check(collector.exitCode === 0, `the collector ended with ${collector.exitCode}`);
  } catch (error) {
    throw new Error(`the collector said:\n${site.said}`, { cause: error });
  } finally {
    await site.close();
    await stopped;
    rmSync(work, { recursive: true, force: true });
  }
}

/** A log and a collector, each on a port of its own that it keeps. */
class Site {
  readonly url: string;
  readonly otlp: string;
  said = '';
  readonly #work: string;
  readonly #ports: { readonly varve: number; readonly collector: number };
  #server: ServerProcess | undefined;
  #collector: ChildProcess | undefined;

  constructor(work: string, ports: { readonly varve: number; readonly collector: number }) {
    this.#work = work;
    this.#ports = ports;
    this.url = `http://127.0.0.1:${ports.varve}/main`;
    this.otlp = `http://127.0.0.1:${ports.collector}`;
  }

  get vkey(): string {
    return this.#server?.log('main').vkey ?? '';
  }

  async startLog(): Promise<void> {
    const config = join(this.#work, 'varve.json');
    // Small: one request fills it, and what comes beside it is told to come again.
    const logs = [{ name: 'main', limits: { poolEntriesMax: 130 } }];
    writeFileSync(config, JSON.stringify({ logs }));
    this.#server = await startServer({
      dataFolder: join(this.#work, 'data'),
      logs: [],
      configuredLogs: 1,
      listen: `127.0.0.1:${this.#ports.varve}`,
      flags: ['--config', config],
    });
  }

  async killLog(): Promise<void> {
    this.#server?.kill('SIGKILL');
    await this.#server?.ended;
  }

  startCollector(): ChildProcess {
    const config = join(this.#work, 'collector.yaml');
    writeFileSync(config, configOf(this.#ports.collector, this.url));
    const collector = spawn(PROGRAM, ['--config', `file:${config}`], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    process.once('exit', () => collector.kill('SIGKILL'));
    for (const stream of [collector.stdout, collector.stderr]) {
      stream.on('data', (bytes: Buffer) => {
        this.said = (this.said + bytes.toString('utf8')).slice(-10_000);
      });
    }
    this.#collector = collector;
    return collector;
  }

  async close(): Promise<void> {
    this.#collector?.kill('SIGKILL');
    await this.killLog();
  }
}

/** Eight requests at once, packed; spans as JSON. Nothing is given up. */
function configOf(port: number, url: string): string {
  const exporter = (name: string, encoding: string): string => `
  ${name}:
    endpoint: ${url}
    encoding: ${encoding}
    compression: gzip
    retry_on_failure:
      initial_interval: 100ms
      max_interval: 1s
      max_elapsed_time: 0s
    sending_queue:
      num_consumers: 8
      queue_size: 10000`;
  return `
receivers:
  otlp:
    protocols:
      http:
        endpoint: 127.0.0.1:${port}
processors:
  batch:
    send_batch_size: 128
    send_batch_max_size: 128
    timeout: 100ms
exporters:${exporter('otlphttp/proto', 'proto')}${exporter('otlphttp/json', 'json')}
service:
  telemetry:
    logs:
      level: warn
    metrics:
      level: none
  pipelines:
    logs:
      receivers: [otlp]
      processors: [batch]
      exporters: [otlphttp/proto]
    traces:
      receivers: [otlp]
      processors: [batch]
      exporters: [otlphttp/json]
`;
}

/** Logs of an agent by two exporters, in chunks: they are still under way when the log is killed. */
async function sendLogs(otlp: string): Promise<void> {
  const options = { url: `${otlp}/v1/logs`, compression: CompressionAlgorithm.GZIP };
  const exporters = [
    ['json', new JsonLogExporter(options)],
    ['proto', new ProtoLogExporter(options)],
  ] as const;
  await Promise.all(
    exporters.map(async ([name, exporter]) => {
      const provider = new LoggerProvider({
        resource: resourceOf(`js-${name}`),
        processors: [
          new BatchLogRecordProcessor({
            exporter,
            maxQueueSize: RECORDS,
            maxExportBatchSize: CHUNK,
          }),
        ],
      });
      const logger = provider.getLogger('agent.audit', '1.0.0');
      for (let i = 0; i < RECORDS; i++) {
        logger.emit(toolCall(i, `${name}-${i}`));
        if (i % CHUNK !== CHUNK - 1) continue;
        await provider.forceFlush();
        await pause(150);
      }
      await provider.shutdown();
    }),
  );
}

async function sendSpans(otlp: string): Promise<void> {
  const exporter = new OTLPTraceExporter({
    url: `${otlp}/v1/traces`,
    compression: CompressionAlgorithm.GZIP,
  });
  const provider = new TracerProvider({
    resource: resourceOf('js-spans'),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer('agents');
  for (let i = 0; i < SPANS; i++) {
    tracer
      .startSpan('invoke_agent', { attributes: { 'gen_ai.operation.name': 'invoke_agent' } })
      .end();
  }
  await provider.forceFlush();
  await provider.shutdown();
}

function resourceOf(instance: string): ReturnType<typeof resourceFromAttributes> {
  return resourceFromAttributes({ 'service.name': 'agent', 'service.instance.id': instance });
}

/** Every event that is published, verified against the log's key. */
async function leavesOf({ url, vkey }: Site): Promise<readonly EventLeaf[]> {
  const client = openLogClient({ url, policy: policyOfVkey(vkey) });
  const checkpoint = await client.checkpoint();
  const tiles = client.tiles(checkpoint);
  const source = { location: { url, fetch }, checkpoint, tiles };
  const leaves: EventLeaf[] = [];
  for await (const { entry } of readAllEntries(source, { from: 0, to: checkpoint.size })) {
    const leaf = parseLeaf(entry);
    if (leaf.v === 'nhi.leaf/1') leaves.push(leaf);
  }
  return leaves;
}

/** Requests for which the pool had no room, since the server started. */
function refusalsOf(site: Site): Promise<number> {
  return countOf(site, 'varve_refusals_total', 'code="pool.full"');
}

/** What a counter of the server stands at, over all logs. */
async function countOf({ url }: Site, name: string, label: string): Promise<number> {
  const samples = [...(await metricsOf(url))];
  const found = samples.filter(([sample]) => sample.startsWith(name) && sample.includes(label));
  return found.reduce((sum, [, value]) => sum + value, 0);
}

async function answers(url: string): Promise<boolean> {
  const reply = await fetch(url).catch(() => undefined);
  await reply?.arrayBuffer();
  return reply !== undefined;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
