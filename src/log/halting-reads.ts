import { isTransparencyError, TransparencyError } from '../core/error.ts';
import type { Tile } from '../core/tile.ts';
import type { FailureSinks } from './halting.ts';
import type { Reader } from './reader.ts';
import { corrupt } from './rows.ts';

/**
 * The reads of a log, over a reader that verifies what it returns. What the disk altered is never answered: it halts the
 * log.
 */
export class HaltingReads {
  readonly #reader: Reader | null;
  readonly #onHalt: FailureSinks['onHalt'];

  /** @param reader  null: nothing of the store is known to be right */
  constructor(reader: Reader | null, onHalt: FailureSinks['onHalt']) {
    this.#reader = reader;
    this.#onHalt = onHalt;
  }

  /** Runs a read. @throws {TransparencyError} log.halted where nothing can be verified; what `read` throws */
  async run<T>(read: (reader: Reader) => Promise<T>): Promise<T> {
    if (this.#reader === null) {
      throw new TransparencyError('log.halted', 'the store is corrupt: nothing of it is served');
    }
    try {
      return await read(this.#reader);
    } catch (error) {
      if (isTransparencyError(error, 'store.corrupt')) this.#onHalt('corrupt', error);
      throw error;
    }
  }

  /** A tile within a tree of `bound` leaves. @throws {TransparencyError} tile.not-found */
  tile(tile: Tile, bound: number): Promise<Uint8Array> {
    return this.run((reader) => reader.tile(tile, bound));
  }

  /** A tile that is in memory, proven; undefined where it has to be read, or is not there. */
  tileInMemory(tile: Tile, bound: number): Uint8Array | undefined {
    return this.#reader?.tileInMemory(tile, bound);
  }

  /** A full bundle that is in memory, proven; undefined where it has to be read, or is not there. */
  bundleInMemory(index: number, bound: number): Uint8Array | undefined {
    return this.#reader?.bundleInMemory(index, bound);
  }

  /** The bytes of an entry that the store names: that there is none below `bound` is a lie of the store. */
  async namedEntry(leafIndex: number, bound: number): Promise<Uint8Array> {
    if (this.#reader === null || leafIndex >= bound) corrupt(`an id points to entry ${leafIndex}`);
    return this.#reader.entry(leafIndex, bound);
  }
}
