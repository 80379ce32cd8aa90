import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSubmitter } from '../../src/client/client.ts';
import { utf8 } from '../../src/core/bytes.ts';
import { type Policy, parsePolicy } from '../../src/core/policy.ts';
import type { Receipt } from '../../src/event/receipt.ts';
import { varve } from '../e2e/serve/asked.ts';
import { type ServedLog, type ServerProcess, startServer } from '../e2e/server.ts';
import { startWitness, type WitnessProcess } from '../e2e/witness-process.ts';

/** Name of the log of a story, and its tenant. */
export const TENANT = 'acme';

/** How a site is made. */
export interface SiteOptions {
  /** Witness processes that have to cosign every head, all of them. Default 0: nobody watches. */
  readonly witnesses?: number;
  /** Further flags of the server. */
  readonly flags?: readonly string[];
}

/** What a story plays on: a server with its index, witnesses, and the policy that an auditor was handed once. */
export class Site {
  readonly work: string;
  readonly dataFolder: string;
  readonly policyFile: string;
  readonly policy: Policy;
  readonly #witnesses: readonly WitnessProcess[];
  readonly #flags: readonly string[];
  #server: ServerProcess | undefined;

  private constructor(
    work: string,
    policyText: string,
    parts: { readonly witnesses: readonly WitnessProcess[]; readonly flags: readonly string[] },
  ) {
    this.work = work;
    this.dataFolder = join(work, 'data');
    this.policyFile = join(work, 'policy');
    writeFileSync(this.policyFile, policyText);
    this.policy = parsePolicy(utf8(policyText));
    this.#witnesses = parts.witnesses;
    const { policyFile } = this;
    const watched = parts.witnesses.length > 0 ? ['--policy', policyFile] : [];
    this.#flags = [...watched, ...parts.flags];
  }

  /** Plays on a site of its own, of which no process is left afterwards. */
  static async play(
    work: string,
    options: SiteOptions,
    story: (site: Site) => Promise<void>,
  ): Promise<void> {
    const site = await Site.#open(work, options);
    try {
      await story(site);
    } finally {
      await site.close();
    }
  }

  /** Makes the keys, starts the witnesses and the server. */
  static async #open(work: string, options: SiteOptions): Promise<Site> {
    mkdirSync(work, { recursive: true });
    const dataFolder = join(work, 'data');
    const made = await varve(['keys', 'init', '--log', TENANT, '--data', dataFolder]);
    const { vkey } = JSON.parse(made) as { readonly vkey: string };
    const names = Array.from({ length: options.witnesses ?? 0 }, (_, i) => `w${i}`);
    const witnesses = await Promise.all(names.map((name) => watcher(join(work, name), name, vkey)));
    const { flags = [] } = options;
    const site = new Site(work, policyOf(vkey, witnesses), { witnesses, flags });
    await site.start();
    return site;
  }

  /** Starts the server over its folder. @throws if it does not come to publish, unless `waitsUntil` says to go on before */
  async start(waitsUntil: 'ready' | 'listening' = 'ready'): Promise<void> {
    const { dataFolder } = this;
    this.#server = await startServer({
      dataFolder,
      logs: [TENANT],
      index: true,
      waitsUntil,
      flags: this.#flags,
    });
  }

  /** Stops the server: from here on there is nobody to ask. */
  async stop(): Promise<void> {
    await this.#server?.stop();
    this.#server = undefined;
  }

  async close(): Promise<void> {
    this.#server?.kill('SIGKILL');
    await this.#server?.ended;
    for (const witness of this.#witnesses) await witness.kill();
  }

  get log(): ServedLog {
    if (this.#server === undefined) throw new Error('nobody serves');
    return this.#server.log(TENANT);
  }

  get url(): string {
    return this.log.url;
  }

  /** Submits events; their receipts, once a published head covers all of them. */
  async submit(events: readonly object[]): Promise<readonly Receipt[]> {
    const items = events.map((event) => utf8(JSON.stringify(event)));
    const results = await openSubmitter({ url: this.url }).submit(items, { waitPublished: true });
    return results.map((result) => {
      if (result.kind === 'receipt') return result.receipt;
      throw new Error(`an event was answered with ${JSON.stringify(result)}`);
    });
  }

  /** Sends what an emitter sends, lines of JSON or any text. @throws unless all of it is in the tree */
  async ingest(
    format: string,
    body: string,
    how: { readonly source?: string; readonly type?: string } = {},
  ): Promise<{ readonly appended: number; readonly duplicates: number }> {
    const { source, type = 'application/json' } = how;
    const query = source === undefined ? '' : `?source=${encodeURIComponent(source)}`;
    const reply = await fetch(`${this.url}/ingest/${format}${query}`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });
    if (reply.status !== 200) throw new Error(`${format}: ${reply.status} ${await reply.text()}`);
    return (await reply.json()) as { appended: number; duplicates: number };
  }

  /** Where the log stands, as `/readyz` tells. */
  async stand(): Promise<{
    readonly kind: string;
    readonly reason?: string;
    readonly integratedSize: number;
    readonly publishedSize: number;
  }> {
    const reply = await fetch(new URL('/readyz', this.url));
    const told = (await reply.json()) as { readonly logs: readonly never[] };
    const [stand] = told.logs;
    if (stand === undefined) throw new Error('no log is told of');
    return stand;
  }

  /** Waits until the index answers with so many events of a key, or more, under a head. */
  async indexed(key: string, count: number): Promise<void> {
    const url = `${this.url}/lookup?key=${encodeURIComponent(key)}&limit=1`;
    await until(`${count} of ${key} are indexed`, async () => {
      const reply = await fetch(url);
      const text = await reply.text();
      return reply.status === 200 && (JSON.parse(text) as { count: number }).count >= count;
    });
  }

  /** Waits until all that is in the tree is published. */
  async published(): Promise<void> {
    const { integratedSize } = await this.stand();
    await until(
      'it is published',
      async () => (await this.stand()).publishedSize >= integratedSize,
    );
  }
}

/** Asks again until it is so. @throws after 30 s */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 30_000; !(await isSo()); ) {
    if (performance.now() > end) throw new Error(`not so in 30 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function watcher(dataFolder: string, name: string, vkey: string): Promise<WitnessProcess> {
  const witness = await startWitness({ dataFolder, name: `${name}.test/witness` });
  const enough = ['--requests-per-day', '9999999'];
  await varve(['witness', 'add-log', vkey, '--data', dataFolder, ...enough]);
  return witness;
}

/** The policy that an auditor gets from the operator once, and keeps. */
function policyOf(vkey: string, witnesses: readonly WitnessProcess[]): string {
  if (witnesses.length === 0) return `log ${vkey}\nquorum none\n`;
  const lines = witnesses.map(({ vkeys, url }, i) => `witness w${i} ${vkeys[0]} ${url}`);
  const names = witnesses.map((_, i) => `w${i}`).join(' ');
  return [`log ${vkey}`, ...lines, `group q all ${names}`, 'quorum q', ''].join('\n');
}
