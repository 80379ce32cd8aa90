import { cpSync } from 'node:fs';
import { sha256 } from '#sha256';
import { base64 } from '../../../src/core/base64.ts';
import { hex } from '../../../src/core/hex.ts';
import type { Log, LogType } from '../../../src/log/log.ts';
import type { SeededRandom } from '../../support/random.ts';
import { ANYONE } from '../../support/test-log.ts';
import { eventOf } from '../events.ts';
import { createFolder, type DataFolder, LOG_NAME, openFolder } from './data-folder.ts';
import type { Questions, SeenHead } from './served.ts';

/** A log that was stopped after its last head was signed, and what it is asked for. */
export interface MadeLog {
  readonly type: LogType;
  readonly folder: DataFolder;
  /** Its store as it was in the middle of the last life: the same files, older. */
  readonly olderStore: string;
  /** Its store as it was before the last life: as a backup has it. */
  readonly backup: string;
  readonly questions: Questions;
  readonly nowMs: number;
}

const START_MS = 1_800_000_000_000;
const HOUR_MS = 3_600_000;
const SMALL_BUFFER = 64 * 1024;

/**
 * Lives three lives of a log: two over small write buffers, which make tables and compactions, with a day between heads,
 * so that some are dropped; and one of which an older copy is taken while it runs.
 */
export async function makeLog(options: {
  readonly type: LogType;
  readonly dir: DataFolder;
  readonly olderStore: string;
  readonly backup: string;
  /** Entries, about. */
  readonly entries: number;
  readonly random: SeededRandom;
}): Promise<MadeLog> {
  const { type, dir: folder, olderStore, backup, entries, random } = options;
  const run = new Run(type, random);
  await createFolder(folder, type, run.nowMs);
  const part = Math.ceil(entries / 8);
  for (let life = 0; life < 2; life++) {
    const log = await run.open(folder, SMALL_BUFFER);
    for (let i = 0; i < 3; i++) {
      await run.fill(log, part, 4);
      run.nowMs += 26 * HOUR_MS;
    }
    await run.end(log);
  }
  cpSync(folder.store, backup, { recursive: true });
  // Of one log the last life is in the write-ahead log, of the other its tables were written while it ran.
  const log = await run.open(folder, type === 'events' ? undefined : SMALL_BUFFER);
  await run.fill(log, part, 6);
  cpSync(folder.store, olderStore, { recursive: true });
  await run.fill(log, part, 6);
  const size = log.figures.integratedSize;
  const heads = await run.keptHeads(log);
  await run.end(log);
  const read = type === 'events' ? size : 500;
  const questions = {
    size,
    heads,
    entries: Array.from({ length: read }, (_, i) => Math.floor((i * size) / read)),
    events: run.events,
  };
  return { type, folder, olderStore, backup, questions, nowMs: run.nowMs };
}

class Run {
  readonly #type: LogType;
  readonly #random: SeededRandom;
  readonly events: string[] = [];
  #heads: SeenHead[] = [];
  #number = 0;
  nowMs = START_MS;

  constructor(type: LogType, random: SeededRandom) {
    this.#type = type;
    this.#random = random;
  }

  open(folder: DataFolder, writeBufferSize?: number): Promise<Log> {
    return openFolder(folder, {
      clock: () => this.nowMs,
      onFault: (error) => {
        throw error;
      },
      ...(writeBufferSize === undefined ? {} : { writeBufferSize }),
    });
  }

  /** Adds entries in commits of many sizes, with `heads` heads among them. */
  async fill(log: Log, count: number, heads: number): Promise<void> {
    for (let head = 0; head < heads; head++) {
      let left = Math.ceil(count / heads);
      while (left > 0) {
        const some = Math.min(left, this.#random.pick([1, 3, 20, 90, 300, 1_000]));
        await this.#add(log, some);
        left -= some;
      }
      // Two heads in a minute, so that one is dropped a day later, then another minute.
      this.nowMs += head % 2 === 0 ? 70_000 - (this.nowMs % 60_000) : 900;
      await this.#publish(log);
    }
  }

  /** Of the heads that were seen, those that the log keeps. */
  async keptHeads(log: Log): Promise<readonly SeenHead[]> {
    const kept: SeenHead[] = [];
    for (const head of this.#heads) {
      const hash = new Uint8Array(Buffer.from(head.noteHash, 'hex'));
      const found = await log.headOf(head.size, hash).catch(() => undefined);
      if (found !== undefined) kept.push(head);
    }
    if (kept.length === this.#heads.length && this.#type === 'events') {
      throw new Error('no head was dropped');
    }
    return kept;
  }

  async end(log: Log): Promise<void> {
    await this.#publish(log);
    await log.close();
  }

  async #publish(log: Log): Promise<void> {
    this.nowMs += 7;
    const { integratedSize } = log.figures;
    const { size, note } = await log.waitPublished(integratedSize, new AbortController().signal);
    const head = { size, noteHash: hex(sha256(note)) };
    if (this.#heads.every(({ noteHash }) => noteHash !== head.noteHash)) this.#heads.push(head);
  }

  async #add(log: Log, count: number): Promise<void> {
    if (this.#type === 'opaque') {
      const add = (i: number): Promise<number> => log.add(Buffer.from(`entry ${this.#number + i}`));
      await Promise.all(Array.from({ length: count }, (_, i) => add(i)));
      this.#number += count;
      return;
    }
    const events = Array.from({ length: count }, () => this.#event(log));
    const items = events.map((event) => new TextEncoder().encode(event));
    const outcomes = await log.submit(items, ANYONE);
    if (outcomes.some(({ kind }) => kind === 'refused')) throw new Error('an event was refused');
  }

  /** A new event; one in 40 has another content under an id that was used, some name a head: it is kept. */
  #event(log: Log): string {
    const number = this.#number++;
    const event: object = JSON.parse(eventOf(LOG_NAME, `source-${number % 5}`, number, 100));
    const kind = number % 40;
    let text = JSON.stringify(event);
    const head = log.published;
    if (kind === 11 && number > 11) {
      // Of the same source and id as an event before, one minute in a while, as the quota allows.
      const other = eventOf(LOG_NAME, `source-${(number - 10) % 5}`, number - 10, 100);
      text = other.replace('"success"', '"failure"');
    } else if (number % 40 === 23 && head !== null && this.#heads.length % 4 === 1) {
      const { size, rootHash, note } = head;
      const seen = { size, root: base64(rootHash), note: base64(sha256(note)) };
      text = JSON.stringify({ ...event, ctx: { seen } });
    }
    this.events.push(text);
    return text;
  }
}
