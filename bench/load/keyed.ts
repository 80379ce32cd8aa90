import { indexBenchEvent, populationOf } from '../index-events.ts';
import { Connection } from './connection.ts';
import { LatencyCounts } from './latencies.ts';
import type { Latencies } from './order.ts';

/** A load of events whose lookup keys are of a population. */
export interface KeyedOrder {
  /** Of the log, with its slash. */
  readonly logUrl: string;
  readonly keys: number;
  /** Number of the first event: none may come twice. */
  readonly first: number;
  /** Events of one request. */
  readonly lines: number;
  /** Requests offered each second, however slow the answers; null: each connection sends when it was answered. */
  readonly perSecond: number | null;
  readonly connections: number;
  readonly warmSeconds: number;
  readonly seconds: number;
}

/** What it found. */
export interface KeyedReport {
  /** Events that were appended, the warm-up included: how many numbers are used up. */
  readonly events: number;
  /** Requests answered in the counted time. */
  readonly answered: number;
  readonly seconds: number;
  /** From when a request was due to its answer: time that it waited for a connection is in it. */
  readonly latencyMs: Latencies;
  readonly errors: number;
}

process.on('message', (order: KeyedOrder) => {
  run(order).then(
    (report) => process.send?.(report),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit(0));

async function run(order: KeyedOrder): Promise<KeyedReport> {
  const load = new KeyedLoad(order);
  await sleep(order.warmSeconds);
  load.isCounting = true;
  const began = performance.now();
  await sleep(order.seconds);
  const seconds = (performance.now() - began) / 1000;
  load.isCounting = false;
  await load.end();
  return { ...load.report(), seconds };
}

class KeyedLoad {
  isCounting = false;
  readonly #order: KeyedOrder;
  readonly #population: ReturnType<typeof populationOf>;
  readonly #latencies = new LatencyCounts();
  readonly #idle: Connection[] = [];
  readonly #all: Connection[] = [];
  /** When requests that wait for a connection were due. */
  readonly #due: number[] = [];
  readonly #timer: ReturnType<typeof setInterval> | null;
  readonly #beganMs = performance.now();
  #isEnding = false;
  #offered = 0;
  #sent = 0;
  #underWay = 0;
  #answered = 0;
  #errors = 0;

  constructor(order: KeyedOrder) {
    this.#order = order;
    this.#population = populationOf(order.keys);
    for (let i = 0; i < order.connections; i++) this.#idle.push(this.#connect());
    this.#timer = order.perSecond === null ? null : setInterval(() => this.#offer(), 1);
    if (order.perSecond === null) for (const one of this.#idle.splice(0)) this.#send(one, now());
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    for (let i = 0; i < 500 && this.#underWay > 0; i++) await sleep(0.02);
    this.#errors += this.#underWay;
    for (const one of this.#all) one.close();
  }

  report(): Omit<KeyedReport, 'seconds'> {
    return {
      events: this.#sent,
      answered: this.#answered,
      latencyMs: this.#latencies.latencies,
      errors: this.#errors,
    };
  }

  #offer(): void {
    const due = Math.floor(((now() - this.#beganMs) / 1000) * (this.#order.perSecond ?? 0));
    for (; this.#offered < due; this.#offered++) this.#due.push(now());
    while (this.#due.length > 0 && this.#idle.length > 0) {
      this.#send(this.#idle.pop() as Connection, this.#due.shift() as number);
    }
  }

  readonly #dueOf = new Map<Connection, number>();

  #send(connection: Connection, dueMs: number): void {
    const { lines, first, logUrl } = this.#order;
    const events = Array.from({ length: lines }, (_, i) =>
      indexBenchEvent(first + this.#sent + i, this.#population, 'main'),
    );
    this.#sent += lines;
    this.#underWay += 1;
    this.#dueOf.set(connection, dueMs);
    const { pathname, host } = new URL(logUrl);
    const body = Buffer.from(events.join('\n'));
    const type = lines === 1 ? 'application/json' : 'application/x-ndjson';
    const head = `POST ${pathname}events HTTP/1.1\r\nHost: ${host}\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`;
    connection.send(Buffer.concat([Buffer.from(head), body]), false);
  }

  #connect(): Connection {
    const { hostname, port } = new URL(this.#order.logUrl);
    const connection: Connection = new Connection({
      host: hostname,
      port: Number(port),
      onReply: (status) => this.#reply(connection, status),
      onBroken: (why) => {
        throw new Error(`a connection broke: ${why}`);
      },
    });
    this.#all.push(connection);
    return connection;
  }

  #reply(connection: Connection, status: number): void {
    this.#underWay -= 1;
    if (status !== 201) this.#errors += 1;
    if (this.isCounting) {
      this.#answered += 1;
      this.#latencies.add(now() - (this.#dueOf.get(connection) ?? 0));
    }
    if (this.#isEnding) return;
    if (this.#order.perSecond === null) {
      this.#send(connection, now());
      return;
    }
    const due = this.#due.shift();
    if (due === undefined) this.#idle.push(connection);
    else this.#send(connection, due);
  }
}

function now(): number {
  return performance.now();
}

function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
