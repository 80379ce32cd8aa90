import { ClassicLevel } from 'classic-level';
import { CommitCounter } from './commit-counts.ts';

/*
 * Loaded into a server before its own code, this counts commits for the killer: a batch that writes the row `H`, from
 * the call of LevelDB until it has answered. The server is the one that is installed, without a hook in it.
 */

const file = process.env['VARVE_COMMIT_COUNTERS'];
if (file === undefined) throw new Error('VARVE_COMMIT_COUNTERS names no file');
const counter = new CommitCounter(file);
/** Key of the row that says what the tree is now. */
const HEAD_ROW = 0x48;

const makeBatch = ClassicLevel.prototype.batch as (...args: unknown[]) => unknown;
Object.defineProperty(ClassicLevel.prototype, 'batch', {
  value(this: unknown, ...args: unknown[]): unknown {
    const batch = makeBatch.apply(this, args);
    if (args.length === 0) countCommits(batch as Batch);
    return batch;
  },
});

interface Batch {
  put(key: Uint8Array, ...rest: unknown[]): unknown;
  write(...args: unknown[]): Promise<void>;
}

function countCommits(batch: Batch): void {
  const { put, write } = batch;
  let commits = false;
  batch.put = (key, ...rest) => {
    if (key.length === 1 && key[0] === HEAD_ROW) commits = true;
    return put.call(batch, key, ...rest);
  };
  batch.write = async (...args) => {
    if (commits) counter.begin();
    await write.apply(batch, args);
    if (commits) counter.end();
  };
}
