import { type LogClient, openLogClient, policyOfVkey } from '../../src/client/client.ts';
import { createWitnessCosigner } from '../../src/client/witness-client.ts';
import { type Checkpoint, parseCheckpoint } from '../../src/core/checkpoint.ts';
import { hex } from '../../src/core/hex.ts';
import type { Policy } from '../../src/core/policy.ts';
import { KEY_TYPE, type VerifierKey, verifierKeyOf } from '../../src/core/vkey.ts';
import { createApp, limitsOf } from '../../src/http/http.ts';
import type { Evidence } from '../../src/log/evidence.ts';
import type { Log } from '../../src/log/log.ts';
import type { Guard, HeadSigner, Store } from '../../src/log/ports.ts';
import { memoryGuard, memoryStore } from '../../src/storage/storage.ts';
import { faultGuard } from '../support/fault-guard.ts';
import { FaultDisk } from '../support/fault-store.ts';
import { type Life, startLife } from '../support/life.ts';
import { type SeededRandom, seededRandom } from '../support/random.ts';
import { ANYONE, openTestLog, testEvent } from '../support/test-log.ts';
import { testSigner } from '../support/test-signer.ts';
import { policyOf, type SimulatedWitness, simulatedWitness } from './fork-witnesses.ts';

/** What an operator copies and puts back: one store and one guard. */
export interface Host {
  store: Store;
  guard: Guard;
}

/** A process that runs on a host. */
export interface RunningHost {
  readonly log: Log;
  readonly evidence: readonly Evidence[];
  /** Requests of clients. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Dies without a word. */
  kill(): void;
}

/** Keys are made once: worlds tell apart what they signed. */
const KEYS = testSigner();
const URL = 'http://localhost:6962/main';

/**
 * A log, its witnesses and its readers, over restores and copies, decided by one seed. Time stands still but while
 * somebody waits.
 */
export class ForkWorld {
  readonly random: SeededRandom;
  readonly logKey: VerifierKey;
  readonly signer: HeadSigner;
  /** Every checkpoint that the log's key signed, in order. */
  readonly signed: Checkpoint[] = [];
  readonly witnesses: readonly SimulatedWitness[];
  readonly policy: Policy | null;
  nowMs = 1_800_000_000_000;
  #sleepers: { readonly atMs: number; readonly life: Life; readonly wake: () => void }[] = [];
  #nextId = 0;

  private constructor(seed: number, witnesses: readonly SimulatedWitness[]) {
    this.random = seededRandom(seed);
    this.logKey = verifierKeyOf(KEYS.origin, KEY_TYPE.ed25519, KEYS.ed25519PublicKey);
    this.witnesses = witnesses;
    this.policy = witnesses.length === 0 ? null : policyOf(witnesses, 2);
    this.signer = {
      ...KEYS,
      signNote: (text) => {
        this.signed.push(parseCheckpoint(text));
        return KEYS.signNote(text);
      },
    };
  }

  /** @param count  of witnesses, of which any two are a quorum; 0: nobody is asked */
  static async of(seed: number, count: number): Promise<ForkWorld> {
    const logKey = verifierKeyOf(KEYS.origin, KEY_TYPE.ed25519, KEYS.ed25519PublicKey);
    let world: ForkWorld | undefined;
    const now = (): number => world?.nowMs ?? 0;
    const names = Array.from({ length: count }, (_, i) => `w${i}`);
    const witnesses = await Promise.all(names.map((name) => simulatedWitness(name, logKey, now)));
    world = new ForkWorld(seed, witnesses);
    return world;
  }

  newHost(): Host {
    return { store: memoryStore(), guard: memoryGuard() };
  }

  /** A copy of both, as a backup of the whole folder is. */
  async copy(host: Host): Promise<Host> {
    const everything = { from: new Uint8Array(0), to: Uint8Array.of(255), limit: 1_000_000 };
    const store = memoryStore();
    await store.write({ changes: await host.store.scan(everything), flush: true });
    return { store, guard: memoryGuard(await host.guard.read()) };
  }

  /** Starts a process. It is open when its start has decided, whether witnesses answered or not. */
  async start(host: Host, options: { readonly guard?: Guard } = {}): Promise<RunningHost> {
    const life = startLife();
    const evidence: Evidence[] = [];
    const { policy } = this;
    const opening = openTestLog({
      store: new FaultDisk(host.store).open(life),
      guard: faultGuard(options.guard ?? host.guard, life),
      signer: this.signer,
      clock: () => this.nowMs,
      sleep: (ms, signal) => this.#sleep(ms, signal, life),
      gather: () => Promise.resolve(),
      limits: { seenFilterBytes: 64, readCacheBytesMax: 1 << 16, scrubPauseMs: 1_000_000 },
      onEvidence: (one) => evidence.push(one),
      ...(policy === null ? {} : { cosigner: this.#cosigner(policy) }),
    });
    let opened: Log | undefined;
    void opening.then((log) => {
      opened = log;
    });
    await this.until(() => opened !== undefined);
    const log = await opening;
    const parts = { logs: new Map([['main', log]]), limits: limitsOf(), random: () => 0.5 };
    const app = createApp({ ...parts, now: () => this.nowMs, logger: SILENT });
    return {
      log,
      evidence,
      fetch: async (url, init) => app.request(url, init),
      kill: () => life.kill('the test'),
    };
  }

  /** Submits new events, each with a content of its own. */
  async submit({ log }: RunningHost, count: number): Promise<void> {
    const items = Array.from({ length: count }, () => testEvent(`e${this.#nextId++}`));
    const outcomes = await log.submit(items, ANYONE);
    for (const { kind } of outcomes) if (kind !== 'appended') throw new Error(kind);
  }

  /** Submits some events, and waits until they are published; false where that does not come. */
  async publish(host: RunningHost, count: number): Promise<boolean> {
    await this.submit(host, count);
    const size = host.log.figures.integratedSize;
    return await this.until(() => host.log.publishedSize >= size);
  }

  /** A reader that has seen the log as this host shows it; it asks whichever host it is pointed at. */
  reader(at: RunningHost): LogClient & { point(at: RunningHost): void } {
    let host = at;
    const client = openLogClient({
      url: URL,
      policy: policyOfVkey(at.log.vkey),
      fetch: (url, init) => host.fetch(url, init),
      retry: { attemptsMax: 1, sleep: async () => {} },
    });
    return Object.assign(client, {
      point: (other: RunningHost) => {
        host = other;
      },
    });
  }

  /** Lets time pass until something holds; true if it came to that within so many seconds. */
  async until(holds: () => boolean, seconds = 30): Promise<boolean> {
    const end = this.nowMs + seconds * 1_000;
    for (;;) {
      for (let turn = 0; turn < 4; turn++) {
        await new Promise((resolve) => setImmediate(resolve));
        if (holds()) return true;
      }
      if (this.nowMs >= end) return false;
      this.nowMs += 100;
      this.#wakeDue();
    }
  }

  /** Two roots of one size that the log's key signed, or null. */
  fork(): string | null {
    const roots = new Map<number, string>();
    for (const { size, rootHash } of this.signed) {
      const root = roots.get(size);
      if (root !== undefined && root !== hex(rootHash)) return `two roots of size ${size}`;
      roots.set(size, hex(rootHash));
    }
    return null;
  }

  #cosigner(policy: Policy) {
    return createWitnessCosigner({
      policy,
      logKey: this.logKey,
      timeoutMs: 40,
      graceMs: 5,
      fetch: async (url, init) => {
        const witness = this.witnesses.find((one) => url.startsWith(`${one.url}/`));
        if (witness === undefined) throw new Error('no such host');
        return witness.fetch(url, init);
      },
    });
  }

  #sleep(ms: number, signal: AbortSignal, life: Life): Promise<void> {
    return new Promise((resolve) => {
      const sleeper = { atMs: this.nowMs + ms, life, wake: resolve };
      this.#sleepers.push(sleeper);
      signal.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        resolve();
      });
    });
  }

  #wakeDue(): void {
    const due = this.#sleepers.filter(({ atMs }) => atMs <= this.nowMs);
    this.#sleepers = this.#sleepers.filter(({ atMs }) => atMs > this.nowMs);
    // Who died sleeps on.
    for (const { life, wake } of due) if (!life.dead) wake();
  }
}

const SILENT = { info() {}, warn() {}, error() {} };
