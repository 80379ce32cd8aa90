import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSubmitter } from '../../../src/client/client.ts';
import { utf8 } from '../../../src/core/bytes.ts';
import type { GuardState } from '../../../src/log/ports.ts';
import { openGuardFile } from '../../../src/storage/storage.ts';
import { eventOf } from '../events.ts';
import { type ServerProcess, startServer } from '../server.ts';
import { addLogList, startWitness, type WitnessProcess } from '../witness-process.ts';
import { type WitnessGate, witnessGate } from './witness-gate.ts';

/** Three witness processes, each behind a gate. */
export interface WitnessSite {
  readonly gates: readonly WitnessGate[];
  readonly witnesses: readonly WitnessProcess[];
  /** Puts logs on all rosters, while the witnesses serve. */
  enrol(vkeys: readonly string[]): Promise<void>;
  /** Policy of a log: any two of the three. Its path. */
  policyFile(log: string): string;
  close(): Promise<void>;
}

export async function witnessSite(work: string): Promise<WitnessSite> {
  const names = ['w0', 'w1', 'w2'];
  const witnesses = await Promise.all(
    names.map((name) => startWitness({ dataFolder: join(work, name), name: `${name}.test/w` })),
  );
  let lists = 0;
  const gates = await Promise.all(witnesses.map(({ url }) => witnessGate(url)));
  return {
    gates,
    witnesses,
    async enrol(vkeys) {
      const file = join(work, `roster-${lists++}`);
      const entries = vkeys.map((vkey) => `vkey ${vkey}\nqpd 100000000\ncontact test\n`);
      writeFileSync(file, ['logs/v0\n', ...entries].join('\n'));
      await Promise.all(names.map((name) => addLogList(join(work, name), file)));
    },
    policyFile(log) {
      const path = join(work, `${log}.policy`);
      const lines = witnesses.map(({ vkeys }, i) => {
        return `witness w${i} ${vkeys[0]} ${gates[i]?.urlFor(log)}`;
      });
      writeFileSync(path, [...lines, 'group q 2 w0 w1 w2', 'quorum q', ''].join('\n'));
      return path;
    },
    async close() {
      for (const gate of gates) await gate.close();
      for (const witness of witnesses) await witness.kill();
    },
  };
}

/** A log of a host, and whether witnesses are asked about it. */
export interface HostLog {
  readonly name: string;
  readonly isWitnessed: boolean;
}

/** Where a log stands, as `/readyz` tells operators. */
export interface LogStand {
  readonly name: string;
  readonly kind: string;
  readonly reason?: string;
  readonly detail?: string;
  readonly integratedSize: number;
  readonly publishedSize: number;
}

/** A data folder, and the process that serves it now. */
export class HostProcess {
  readonly data: string;
  readonly #site: WitnessSite;
  readonly #logs: readonly HostLog[];
  server: ServerProcess | undefined;
  #next = 0;

  constructor(data: string, site: WitnessSite, logs: readonly HostLog[]) {
    this.data = data;
    this.#site = site;
    this.#logs = logs;
  }

  /** Starts `varve serve` over these logs, or some of them, and waits until it listens. */
  async start(logs: readonly HostLog[] = this.#logs): Promise<void> {
    mkdirSync(this.data, { recursive: true });
    const config = join(this.data, 'config.json');
    const members = logs.map(({ name, isWitnessed }) => {
      return isWitnessed ? { name, policy: this.#site.policyFile(name) } : { name };
    });
    writeFileSync(config, JSON.stringify({ logs: members }));
    this.server = await startServer({
      dataFolder: this.data,
      logs: [],
      configuredLogs: logs.length,
      flags: ['--config', config],
      waitsUntil: 'listening',
      // Fifteen new logs flush some hundred times, one after another, on a disk that others use too.
      readyMs: 120_000,
    });
  }

  get pid(): number {
    return this.#running().pid;
  }

  url(log: string): string {
    return this.#running().log(log).url;
  }

  vkey(log: string): string {
    return this.#running().log(log).vkey;
  }

  async stop(): Promise<void> {
    await this.#running().stop();
    this.server = undefined;
  }

  async kill(): Promise<void> {
    this.server?.kill('SIGKILL');
    await this.server?.ended;
    this.server = undefined;
  }

  /** Submits events that nobody sent before. @throws if the log takes none */
  async submit(log: string, count: number): Promise<void> {
    // The source tells hosts apart, the number events.
    const source = `e2e-${this.data.length}-${this.data.at(-1)}`;
    const items = Array.from({ length: count }, () => utf8(eventOf(log, source, this.#next++)));
    const submitter = openSubmitter({ url: this.url(log), retry: { attemptsMax: 1 } });
    for (const { kind } of await submitter.submit(items)) {
      if (kind !== 'receipt') throw new Error(`${log}: an event was answered with ${kind}`);
    }
  }

  async stands(): Promise<ReadonlyMap<string, LogStand>> {
    const [first] = this.#logs;
    const reply = await fetch(new URL('/readyz', this.url(first?.name ?? '')));
    const { logs } = (await reply.json()) as { readonly logs: readonly LogStand[] };
    return new Map(logs.map((log) => [log.name, log]));
  }

  async stand(log: string): Promise<LogStand> {
    const stand = (await this.stands()).get(log);
    if (stand === undefined) throw new Error(`${log} is not told of`);
    return stand;
  }

  /** Submits, and waits until all of it is published. */
  async publish(log: string, count: number): Promise<void> {
    await this.submit(log, count);
    const { integratedSize } = await this.stand(log);
    await until(`${log} is published`, async () => {
      const { kind, publishedSize, detail } = await this.stand(log);
      if (kind === 'halted') throw new Error(`${log} halted: ${detail}`);
      return publishedSize >= integratedSize;
    });
  }

  /** Waits until a log is halted; its reason. */
  async halted(log: string): Promise<string> {
    await until(`${log} is halted`, async () => (await this.stand(log)).kind === 'halted');
    return (await this.stand(log)).reason ?? '';
  }

  async checkpoint(log: string): Promise<Uint8Array> {
    const reply = await fetch(`${this.url(log)}/checkpoint`);
    if (reply.status !== 200) throw new Error(`${log}: checkpoint answered ${reply.status}`);
    return new Uint8Array(await reply.arrayBuffer());
  }

  /** What was signed last. */
  async guard(log: string): Promise<GuardState | null> {
    const guard = await openGuardFile(join(this.data, 'guard', log));
    try {
      return await guard.read();
    } finally {
      await guard.close();
    }
  }

  #running(): ServerProcess {
    if (this.server === undefined) throw new Error(`${this.data} is not served`);
    return this.server;
  }
}

/** Asks again until it is so. @throws after half a minute */
export async function until(
  what: string,
  isSo: () => Promise<boolean> | boolean,
  limitMs = 30_000,
): Promise<number> {
  const began = performance.now();
  while (!(await isSo())) {
    if (performance.now() - began > limitMs) throw new Error(`not so in ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return performance.now() - began;
}
