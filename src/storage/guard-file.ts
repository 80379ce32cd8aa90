import { join } from 'node:path';
import { invariant, isTransparencyError, TransparencyError } from '../core/error.ts';
import type { Guard, GuardState } from '../log/ports.ts';
import {
  closeFile,
  codeOf,
  flushFolder,
  makeFolder,
  type OpenFolder,
  openFolder,
} from './folder.ts';
import {
  type HighestState,
  placeState,
  readHighest,
  removeInOrder,
  stateNames,
} from './guard-folder.ts';
import { checkAdvance, guardMoved, sameGuardState } from './guard-state.ts';
import { type Draft, openDraft, removeFile } from './linked-file.ts';

/**
 * Opens the guard of a folder that `initGuard` made.
 *
 * Each state is a file `guard-<counter>` of its own, written and flushed under another name and then linked to the
 * next counter, which exactly one writer of all processes can do. The one before it is kept, the older ones go.
 * The highest file is the state, or there is none: nothing falls back to a lower one.
 *
 * After an `advance` that failed by anything but `guard.moved` every later one is refused: what is on disk is not
 * known. It costs two flushes, of the file and of the folder's names, and four trips to another thread: each is a turn
 * of an event loop that may be busy. What can be done ahead, or later, is done behind the answer.
 *
 * @throws {TransparencyError} guard.missing, guard.corrupt; guard.failed with its cause if the disk or the system failed
 */
export async function openGuardFile(dir: string): Promise<Guard> {
  try {
    // What a process that died has linked may be in the page cache only: nothing is signed upon that.
    await readHighest(dir, true);
    await flushFolder(dir);
  } catch (error) {
    throw guardError(error, `open ${dir}`);
  }
  return new GuardFile(dir);
}

/**
 * Makes the guard of a log that never signed, or one that holds the given state.
 *
 * @throws {TransparencyError} guard.moved if the folder holds a guard
 */
export async function initGuard(dir: string, state: GuardState | null = null): Promise<void> {
  try {
    await makeFolder(dir);
    if ((await stateNames(dir)).counters.length > 0) {
      throw new TransparencyError('guard.moved', `${dir} holds a guard`);
    }
    if (state !== null) checkAdvance(null, state);
    const first: HighestState = state === null ? { counter: 0, state } : { counter: 1, state };
    if (!(await placeState(dir, first))) {
      throw new TransparencyError('guard.moved', `${dir} holds a guard`);
    }
    await flushFolder(dir);
  } catch (error) {
    throw guardError(error, `make ${dir}`);
  }
}

class GuardFile implements Guard {
  readonly #dir: string;
  #known: HighestState | undefined;
  /** Held from the first advance on. */
  #folder: OpenFolder | undefined;
  /** For the next state. */
  #draft: Draft | undefined;
  /** What the last advance leaves to do: nobody waits for that but the next call. */
  #left:
    | {
        readonly used: Draft;
        readonly drafts: readonly string[];
        /** Counters, ascending. */
        readonly old: readonly number[];
      }
    | undefined;
  /** Settles when every call has been answered, and tidied up after; never rejects. */
  #lastTurn: Promise<unknown> = Promise.resolve();
  #failure: TransparencyError | undefined;
  #closed = false;

  constructor(dir: string) {
    this.#dir = dir;
  }

  read(): Promise<GuardState | null> {
    invariant(!this.#closed, 'a closed guard is not read');
    return this.#inTurn(async () => {
      try {
        this.#known = await readHighest(this.#dir);
        return this.#known.state;
      } catch (error) {
        throw guardError(error, `read ${this.#dir}`);
      }
    });
  }

  advance(from: GuardState | null, to: GuardState): Promise<void> {
    invariant(!this.#closed, 'a closed guard is not advanced');
    return this.#inTurn(async () => {
      checkAdvance(from, to);
      if (this.#failure !== undefined) {
        throw new TransparencyError('guard.failed', 'an advance before this one failed', {
          cause: this.#failure,
        });
      }
      try {
        await this.#advanceInTurn(from, to);
      } catch (error) {
        if (isTransparencyError(error, 'guard.moved')) throw error;
        this.#failure = guardError(error, `advance ${this.#dir}`);
        throw this.#failure;
      }
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#lastTurn;
    if (this.#draft !== undefined) await dropDraft(this.#draft);
    this.#draft = undefined;
    await this.#folder?.close();
    this.#folder = undefined;
  }

  async #advanceInTurn(from: GuardState | null, to: GuardState): Promise<void> {
    if (this.#known === undefined || !sameGuardState(this.#known.state, from)) {
      this.#known = await readHighest(this.#dir);
      if (!sameGuardState(this.#known.state, from)) throw guardMoved(this.#known.state, from);
    }
    const before = this.#known.counter;
    const next = { counter: before + 1, state: { ...to, rootHash: to.rootHash.slice() } };
    this.#folder ??= await openFolder(this.#dir);
    let draft = this.#draft ?? (await openDraft(this.#dir));
    this.#draft = undefined;
    try {
      let isPlaced = await placeState(this.#dir, next, draft);
      if (!isPlaced && (await readHighest(this.#dir)).counter === before) {
        // Nobody went on; somebody cleaned up, and took what was kept ready.
        await dropDraft(draft);
        draft = await openDraft(this.#dir);
        isPlaced = await placeState(this.#dir, next, draft);
      }
      // The name was free. Either nobody had it before, or others have gone at least three states on and removed it. They
      // remove in order, so `before` went earlier, and its being there still says that nobody did.
      const [{ counters, drafts }] = await Promise.all([
        stateNames(this.#dir),
        this.#folder.flush(),
      ]);
      if (!isPlaced || !counters.includes(before) || counters.at(-1) !== next.counter) {
        this.#known = await readHighest(this.#dir);
        throw guardMoved(this.#known.state, from);
      }
      this.#known = next;
      this.#left = { used: draft, drafts, old: counters.filter((counter) => counter < before) };
    } catch (error) {
      await dropDraft(draft);
      throw error;
    }
  }

  /** Does what an advance has left to do, and makes ready for the next. */
  async #tidy(): Promise<void> {
    const left = this.#left;
    if (left === undefined) return;
    this.#left = undefined;
    [this.#draft] = await Promise.all([
      openDraft(this.#dir),
      closeFile(left.used.fd),
      removeInOrder(this.#dir, left.old),
      // Ours, and those of writers that died, or that have lost now.
      ...left.drafts.map((name) => removeFile(join(this.#dir, name))),
    ]);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#lastTurn.then(work);
    this.#lastTurn = turn.then(() => this.#tidy()).catch(() => undefined);
    return turn;
  }
}

async function dropDraft({ fd, path }: Draft): Promise<void> {
  await Promise.all([closeFile(fd), removeFile(path)]);
}

function guardError(error: unknown, doing: string): TransparencyError {
  if (isTransparencyError(error)) return error;
  if (codeOf(error) === 'ENOENT') {
    return new TransparencyError('guard.missing', `cannot ${doing}: there is none`, {
      cause: error,
    });
  }
  const why = error instanceof Error ? error.message : '';
  return new TransparencyError('guard.failed', `cannot ${doing}: ${why}`, { cause: error });
}
