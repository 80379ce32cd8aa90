import { CpuWatch } from '../machine.ts';
import { Connection } from './connection.ts';
import { LatencyCounts } from './latencies.ts';
import type { KeptOperation, LoadOrder, LoadReport } from './order.ts';
import { type RequestMaker, requestMakerOf } from './requests.ts';

/** Runs a load in this process: so many connections, each with one request under way at any time. */
export async function runLoad(order: LoadOrder): Promise<LoadReport> {
  const run = new LoadRun(order);
  const users = Array.from({ length: order.connections }, () => new User(run));
  for (const user of users) user.connect();
  await sleep(order.warmSeconds);
  // A machine that others keep busy may not have answered each connection once by now.
  for (
    let waited = 0;
    run.answered < order.connections && waited < WARM_SECONDS_MAX;
    waited += 0.1
  ) {
    await sleep(0.1);
  }
  run.beginCounting();
  const cpu = new CpuWatch(order.serverPid);
  await sleep(order.seconds);
  run.endCounting();
  const used = cpu.end();
  await run.idle(users);
  return { ...run.report(), ...used };
}

const WARM_SECONDS_MAX = 20;
/** What is under way when the time ends may take this long. */
const DRAIN_SECONDS = 10;

class LoadRun {
  readonly order: LoadOrder;
  readonly host: string;
  readonly port: number;
  readonly maker: RequestMaker;
  readonly errors: Record<string, number> = {};
  counting = false;
  stopped = false;
  busy = 0;
  /** Operations that ended well so far, counted or not. */
  answered = 0;
  #startedMs = 0;
  #endedMs = 0;
  #operations = 0;
  #started = 0;
  readonly #kept: KeptOperation[] = [];
  readonly #latencies = new LatencyCounts();

  constructor(order: LoadOrder) {
    this.order = order;
    const { hostname, port } = new URL(order.url);
    this.host = hostname;
    this.port = Number(port);
    this.maker = requestMakerOf(order);
  }

  beginCounting(): void {
    this.counting = true;
    this.#startedMs = performance.now();
  }

  endCounting(): void {
    this.#endedMs = performance.now();
    this.counting = false;
    this.stopped = true;
  }

  /** Shall the operation that starts now be kept whole? */
  keepsNext(): boolean {
    const { keptMax, keepEvery } = this.order;
    this.#started++;
    return this.counting && this.#kept.length < keptMax && this.#started % keepEvery === 0;
  }

  keep(operation: KeptOperation): void {
    this.#kept.push(operation);
  }

  succeed(ms: number): void {
    this.answered++;
    if (!this.counting) return;
    this.#operations++;
    this.#latencies.add(ms);
  }

  fail(why: string): void {
    this.errors[why] = (this.errors[why] ?? 0) + 1;
  }

  async idle(users: readonly User[]): Promise<void> {
    for (let waited = 0; this.busy > 0 && waited < DRAIN_SECONDS; waited += 0.01) await sleep(0.01);
    if (this.busy > 0) this.fail('no reply');
    for (const user of users) user.close();
  }

  report(): Omit<LoadReport, 'cpuSeconds' | 'rssMiB' | 'rssPeakMiB' | 'rssAnonPeakMiB'> {
    return {
      seconds: (this.#endedMs - this.#startedMs) / 1000,
      operations: this.#operations,
      bodyBytes: this.maker.bodyBytes,
      latencyMs: this.#latencies.latencies,
      histogram: this.#latencies.histogram,
      errors: this.errors,
      kept: this.#kept,
    };
  }
}

/** One connection's turn of operations. */
class User {
  readonly #run: LoadRun;
  readonly #request: Buffer;
  #connection: Connection | undefined;
  #startedMs = 0;
  #path = '';
  #keeps = false;

  constructor(run: LoadRun) {
    this.#run = run;
    this.#request = run.maker.allocate();
  }

  connect(): void {
    const { host, port } = this.#run;
    this.#connection = new Connection({
      host,
      port,
      onReply: (status, body) => this.#reply(status, body),
      onBroken: (why) => {
        this.#end(why);
        if (!this.#run.stopped) setTimeout(() => this.connect(), 20);
      },
    });
    this.#start();
  }

  close(): void {
    this.#connection?.close();
  }

  #start(): void {
    const { maker } = this.#run;
    this.#run.busy++;
    this.#keeps = this.#run.keepsNext();
    const { bytes, path } = maker.next(this.#request);
    this.#path = path;
    this.#startedMs = performance.now();
    this.#connection?.send(bytes, this.#keeps);
  }

  #reply(status: number, body: Buffer | undefined): void {
    const isGood = status === this.#run.order.status;
    if (isGood) this.#run.succeed(performance.now() - this.#startedMs);
    if (isGood && body !== undefined) this.#keep(body);
    this.#end(isGood ? undefined : `status ${status}`);
    if (!this.#run.stopped) this.#start();
  }

  #keep(reply: Buffer): void {
    this.#run.keep({
      path: this.#path,
      body: this.#run.maker.bodyOf(this.#request).toString('base64'),
      reply: reply.toString('base64'),
    });
  }

  #end(why: string | undefined): void {
    this.#run.busy--;
    if (why !== undefined) this.#run.fail(why);
  }
}

function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
