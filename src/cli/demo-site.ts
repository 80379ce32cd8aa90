import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type LogClient,
  openLogClient,
  openSubmitter,
  policyOfVkey,
  type SubmitResult,
} from '../client/client.ts';
import { originHash } from '../core/add-checkpoint.ts';
import { TransparencyError } from '../core/error.ts';
import { formatLogList } from '../core/log-list.ts';
import { parseVkey } from '../core/vkey.ts';
import { scanArrayItems } from '../event/array-items.ts';
import {
  type DemoWitness,
  runVarve,
  type ServingProcess,
  startDemoServer,
  startDemoWitness,
} from './demo-processes.ts';
import type { LogLine } from './log-line.ts';

/** Where a log stands, as `/readyz` tells its operator. */
export interface DemoStand {
  readonly kind: string;
  readonly reason?: string;
  readonly detail?: string;
  readonly integratedSize: number;
  readonly publishedSize: number;
}

const EVENTS = new URL('../../spec/vectors/event-samples.json', import.meta.url);
/** Whose events the samples are. */
const TENANT = 'acme';

/** A host that serves logs of the sample events, some of them watched by witnesses. */
export class DemoHost {
  readonly data: string;
  readonly #witnesses: readonly DemoWitness[];
  readonly #watched: ReadonlyMap<string, boolean>;
  #process: ServingProcess | undefined;
  #logs: ReadonlyMap<string, LogLine> = new Map();

  /** @param watched  names of logs, and whether witnesses watch them */
  constructor(
    data: string,
    witnesses: readonly DemoWitness[],
    watched: ReadonlyMap<string, boolean>,
  ) {
    this.data = data;
    this.#witnesses = witnesses;
    this.#watched = watched;
  }

  async start(): Promise<void> {
    await mkdir(this.data, { recursive: true });
    const policy = join(this.data, 'policy');
    const path = join(this.data, 'config.json');
    const logs = [...this.#watched].map(([name, isWatched]) => {
      return { name, tenant: TENANT, ...(isWatched ? { policy } : {}) };
    });
    await writeFile(policy, policyOf(this.#witnesses));
    // Nobody looks a key up here, and an index is a thread for each log.
    await writeFile(path, JSON.stringify({ logs, index: false }));
    const started = await startDemoServer(this.data, { path, logs: logs.length });
    this.#process = started.process;
    this.#logs = started.logs;
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
    this.#process = undefined;
  }

  line(log: string): LogLine {
    const line = this.#logs.get(log);
    if (line === undefined) throw new TransparencyError('log.unknown', `no log ${log}`);
    return line;
  }

  /** A reader that believes the log's key; `known` is what it remembers. */
  reader(log: string, { known, tells = true }: ReaderOptions = {}): LogClient {
    const { url, vkey } = this.line(log);
    const silent = (target: string): Promise<Response> => fetch(target);
    return openLogClient({
      url,
      policy: policyOfVkey(vkey),
      retry: { attemptsMax: 1 },
      ...(known === undefined ? {} : { known }),
      ...(tells ? {} : { fetch: silent }),
    });
  }

  /** Submits some of the sample events, from one to before another; `source` makes them others. */
  async submit(
    log: string,
    [from, to]: readonly [number, number],
    source = '',
  ): Promise<readonly SubmitResult[]> {
    const items = scanArrayItems(await readFile(EVENTS)).slice(from, to);
    const renamed = items.map((item) => {
      const event = JSON.parse(new TextDecoder().decode(item)) as { readonly id: string };
      return new TextEncoder().encode(JSON.stringify({ ...event, id: `${event.id}${source}` }));
    });
    return await openSubmitter({ url: this.line(log).url, retry: { attemptsMax: 1 } }).submit(
      renamed,
    );
  }

  async stand(log: string): Promise<DemoStand> {
    const reply = await fetch(new URL('/readyz', this.line(log).url));
    const told = (await reply.json()) as {
      readonly logs: readonly (DemoStand & { name: string })[];
    };
    const stand = told.logs.find(({ name }) => name === log);
    if (stand === undefined) throw new TransparencyError('log.unknown', `no log ${log}`);
    return stand;
  }

  /** Waits until a log has halted, or has published all that it holds now; at most so long. */
  async settle(log: string, limitMs = 30_000): Promise<DemoStand> {
    const { integratedSize } = await this.stand(log);
    const end = performance.now() + limitMs;
    for (;;) {
      const stand = await this.stand(log);
      const isPublished = stand.kind === 'running' && stand.publishedSize >= integratedSize;
      if (stand.kind === 'halted' || isPublished || performance.now() > end) return stand;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Witnesses of whom the server said that they dispute the log's head. */
  disputedBy(log: string): readonly string[] {
    const names = (this.#process?.said() ?? []).flatMap((text) => {
      const line = JSON.parse(text) as { log?: string; witness?: string; claim?: string };
      return line.log === log && line.claim !== undefined ? [line.witness ?? ''] : [];
    });
    return [...new Set(names)];
  }
}

interface ReaderOptions {
  /** A checkpoint of before. */
  readonly known?: Uint8Array;
  /** Does it tell the log what it saw? Default true */
  readonly tells?: boolean;
}

/** A policy that any two of the witnesses satisfy. */
export function policyOf(witnesses: readonly DemoWitness[]): string {
  const lines = witnesses.map(({ name, vkey, url }) => `witness ${name} ${vkey} ${url}`);
  const group = `group any-two 2 ${witnesses.map(({ name }) => name).join(' ')}`;
  return [...lines, group, 'quorum any-two', ''].join('\n');
}

/** Starts three witnesses. */
export async function startWitnesses(dir: string): Promise<readonly DemoWitness[]> {
  await rm(dir, { recursive: true, force: true });
  const names = ['w1', 'w2', 'w3'];
  return await Promise.all(names.map((name) => startDemoWitness(join(dir, name), name)));
}

/** Puts logs on the rosters of the witnesses, while they serve. */
export async function enrol(dir: string, vkeys: readonly string[]): Promise<void> {
  const list = join(dir, 'roster');
  const logs = vkeys.map((vkey) => {
    const key = parseVkey(vkey);
    return { key, origin: key.name, requestsPerDay: 1_000_000, contact: 'demo' };
  });
  await writeFile(list, formatLogList(logs));
  const add = (name: string): Promise<string> =>
    runVarve(['witness', 'add-log', '--data', join(dir, name), '--list', list]);
  await Promise.all(['w1', 'w2', 'w3'].map(add));
}

/** Names of the witnesses that keep a fork proof against a log. */
export async function holdersOfProofs(
  witnesses: readonly DemoWitness[],
  origin: string,
): Promise<readonly string[]> {
  const holders: string[] = [];
  for (const { name, url } of witnesses) {
    const reply = await fetch(`${url}/${originHash(origin)}/evidence`);
    if ((await reply.text()).includes('fork-')) holders.push(name);
  }
  return holders;
}
