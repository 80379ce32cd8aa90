import { ClassicLevel } from 'classic-level';

/*
 * Loaded into a server before its own code, this turns `sync` off in every write to LevelDB: a server that answers before
 * its events are on disk. The durability suite must find out.
 */

const makeBatch = ClassicLevel.prototype.batch as (...args: unknown[]) => unknown;
Object.defineProperty(ClassicLevel.prototype, 'batch', {
  value(this: unknown, ...args: unknown[]): unknown {
    const batch = makeBatch.apply(this, args) as { write(options?: object): Promise<void> };
    if (args.length > 0) return batch;
    const { write } = batch;
    batch.write = (options) => write.call(batch, { ...options, sync: false });
    return batch;
  },
});
