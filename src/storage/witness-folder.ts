import { join } from 'node:path';
import { sha256 } from '#sha256';
import { originHash } from '../core/add-checkpoint.ts';
import { invariant, isTransparencyError, TransparencyError } from '../core/error.ts';
import { hex } from '../core/hex.ts';
import { formatLogList, type ListedLog, parseLogList } from '../core/log-list.ts';
import {
  EVIDENCE_MAX,
  type RosterLog,
  type WitnessEvidenceFile,
  type WitnessedHead,
  type WitnessStore,
} from '../witness/ports.ts';
import { flushFolder, makeFolder, namesIn } from './folder.ts';
import { DRAFT, placeFile, readFileIfAny, removeFile } from './linked-file.ts';
import { formatWitnessHead, parseWitnessHead } from './witness-head-file.ts';

/**
 * Opens what a witness remembers: a folder `logs`, in it one for each log by its `originHash`, in that
 *
 * - `key-<key hash>`: an entry of the roster, as a list of logs with one log;
 * - `head-<counter>`: the last head, and perhaps the one before; the highest counter is the head, and nothing falls back
 *   to a lower one;
 * - `fork-<SHA-256>` and `refused-<SHA-256>`: evidence.
 *
 * Any number of processes may have it open. After an `advance` that failed by anything but `store.moved`, later ones for
 * that log are refused here: what is on disk is not known. An `advance` costs two flushes. (spec/10-witness.md §3)
 *
 * @throws {TransparencyError} store.failed
 */
export async function openWitnessFolder(dir: string): Promise<WitnessStore> {
  const logs = join(dir, 'logs');
  await guarded(`open ${dir}`, async () => {
    await makeFolder(logs);
    await flushFolder(logs);
  });
  return new WitnessFolder(logs);
}

class WitnessFolder implements WitnessStore {
  readonly #dir: string;
  /** Logs whose files this process found flushed, or flushed itself. */
  readonly #flushed: Set<string> = new Set();
  readonly #failed: Map<string, unknown> = new Map();

  constructor(dir: string) {
    this.#dir = dir;
  }

  logs(): Promise<readonly string[]> {
    return guarded('list logs', async () => {
      return (await namesIn(this.#dir)).filter((name) => /^[0-9a-f]{64}$/.test(name)).sort();
    });
  }

  log(hash: string): Promise<RosterLog | null> {
    return guarded(`read the roster of ${hash}`, async () => {
      const entries: ListedLog[] = [];
      for (const name of await namesIn(this.#folderOf(hash))) {
        if (!name.startsWith('key-')) continue;
        const bytes = await readFileIfAny(join(this.#folderOf(hash), name));
        if (bytes !== undefined) entries.push(entryOf(bytes, hash, name));
      }
      const [first] = entries;
      if (first === undefined) return null;
      return {
        origin: first.origin,
        keys: entries.map(({ key }) => key),
        requestsPerDay: Math.min(...entries.map(({ requestsPerDay }) => requestsPerDay)),
      };
    });
  }

  addLog(log: ListedLog): Promise<boolean> {
    return guarded(`add ${log.origin}`, async () => {
      const dir = this.#folderOf(originHash(log.origin));
      await makeFolder(dir);
      const name = `key-${log.key.keyHash.toString(16).padStart(8, '0')}`;
      return await placeOnce(dir, name, formatLogList([log]));
    });
  }

  head(hash: string): Promise<WitnessedHead | null> {
    return guarded(`read the head of ${hash}`, async () => {
      const dir = this.#folderOf(hash);
      const isFirst = !this.#flushed.has(hash);
      const head = await readHighest(dir, isFirst);
      if (head !== null && isFirst) {
        // What a process that died has linked may be in the page cache only.
        await flushFolder(dir);
        this.#flushed.add(hash);
      }
      return head;
    });
  }

  async advance(hash: string, from: number, note: Uint8Array): Promise<void> {
    if (this.#failed.has(hash)) {
      throw new TransparencyError('store.failed', `a write for ${hash} failed before this one`, {
        cause: this.#failed.get(hash),
      });
    }
    try {
      await guarded(`advance ${hash}`, () => advanceIn(this.#folderOf(hash), from, note));
    } catch (error) {
      if (!isTransparencyError(error, 'store.moved')) this.#failed.set(hash, error);
      throw error;
    }
  }

  addEvidence(hash: string, evidence: WitnessEvidenceFile): Promise<void> {
    return guarded(`keep evidence against ${hash}`, async () => {
      const dir = this.#folderOf(hash);
      const names = await namesIn(dir);
      const kept = names.filter((name) => name.startsWith(`${evidence.kind}-`));
      const name = `${evidence.kind}-${hex(sha256(evidence.bytes))}`;
      if (kept.length >= EVIDENCE_MAX || kept.includes(name)) return;
      await placeOnce(dir, name, evidence.bytes);
    });
  }

  evidenceNames(hash: string): Promise<readonly string[]> {
    return guarded(`list evidence against ${hash}`, async () => {
      return (await namesIn(this.#folderOf(hash))).filter((name) => EVIDENCE.test(name)).sort();
    });
  }

  evidence(hash: string, name: string): Promise<Uint8Array | null> {
    if (!EVIDENCE.test(name)) return Promise.resolve(null);
    return guarded(`read ${name}`, async () => {
      return (await readFileIfAny(join(this.#folderOf(hash), name))) ?? null;
    });
  }

  async close(): Promise<void> {}

  #folderOf(hash: string): string {
    invariant(/^[0-9a-f]{64}$/.test(hash), 'a log goes by the hash of its origin');
    return join(this.#dir, hash);
  }
}

const EVIDENCE = /^(?:fork|refused)-[0-9a-f]{64}$/;

async function advanceIn(dir: string, from: number, note: Uint8Array): Promise<void> {
  const next = { counter: from + 1, note };
  if ((await countersIn(dir)).at(-1) !== (from === 0 ? undefined : from)) throw moved(from);
  if (!(await placeFile(dir, nameOf(next.counter), formatWitnessHead(next)))) throw moved(from);
  // The name was free: nobody had it yet, or others went on and removed it again. They remove in order, so `from` would
  // have gone before it.
  const counters = await countersIn(dir);
  const isNext = counters.at(-1) === next.counter && (from === 0 || counters.includes(from));
  if (!isNext) throw moved(from);
  await flushFolder(dir);
  for (const counter of counters.filter((one) => one < from)) {
    if (!(await removeFile(join(dir, nameOf(counter))))) return;
  }
  // Drafts are of processes that died, or that have lost now.
  for (const name of (await namesIn(dir)).filter((one) => one.startsWith(DRAFT))) {
    await removeFile(join(dir, name));
  }
}

/** Puts a file under a name that stands for its content, flushed; false if it was there. */
async function placeOnce(dir: string, name: string, content: Uint8Array): Promise<boolean> {
  for (let attempt = 0; attempt < 16; attempt++) {
    const isNew = await placeFile(dir, name, content);
    // Neither placed nor there: another process took its draft for one that was left behind.
    if (!isNew && !(await namesIn(dir)).includes(name)) continue;
    await flushFolder(dir);
    return isNew;
  }
  throw new TransparencyError('store.failed', `${dir} changes faster than it can be written`);
}

async function readHighest(dir: string, flush: boolean): Promise<WitnessedHead | null> {
  // Other processes may remove the file that was the highest when the names were read.
  for (let attempt = 0; attempt < 16; attempt++) {
    const counter = (await countersIn(dir)).at(-1);
    if (counter === undefined) return null;
    const bytes = await readFileIfAny(join(dir, nameOf(counter)), flush);
    if (bytes === undefined) continue;
    const head = parseWitnessHead(bytes);
    if (head.counter === counter) return head;
    throw new TransparencyError('store.corrupt', `${nameOf(counter)} holds head ${head.counter}`);
  }
  throw new TransparencyError('store.failed', `${dir} changes faster than it can be read`);
}

function nameOf(counter: number): string {
  return `head-${String(counter).padStart(16, '0')}`;
}

async function countersIn(dir: string): Promise<number[]> {
  const names = (await namesIn(dir)).filter((name) => /^head-[0-9]{16}$/.test(name));
  return names.map((name) => Number(name.slice('head-'.length))).sort((a, b) => a - b);
}

function entryOf(bytes: Uint8Array, hash: string, name: string): ListedLog {
  try {
    const [entry, ...others] = parseLogList(bytes);
    if (entry !== undefined && others.length === 0 && originHash(entry.origin) === hash)
      return entry;
  } catch (cause) {
    throw new TransparencyError('store.corrupt', `${name} is no entry of a roster`, { cause });
  }
  throw new TransparencyError('store.corrupt', `${name} is the entry of another log`);
}

function moved(from: number): TransparencyError {
  return new TransparencyError('store.moved', `another head than ${from} is the last one`);
}

async function guarded<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isTransparencyError(error)) throw error;
    const why = error instanceof Error ? error.message : '';
    throw new TransparencyError('store.failed', `cannot ${doing}: ${why}`, { cause: error });
  }
}
