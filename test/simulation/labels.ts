import type { Guard, Store } from '../../src/log/ports.ts';
import type { KeyFile } from '../../src/storage/key-file.ts';

/** Gives each call of a store or guard a name by what it is for, in the order in which the calls run. */
export interface Labels {
  readonly wrap: {
    store(store: Store): Store;
    guard(guard: Guard): Guard;
    keyFile(file: KeyFile): KeyFile;
  };
  /** The name of the call that runs now at a point. */
  take(point: string): string;
}

/** Labels of one life. */
export function labelled(): Labels {
  let now = '';
  const writes: string[] = [];
  const tagOf = (key: Uint8Array | undefined): string =>
    (key?.[0] ?? 0) === 0 ? 'all' : String.fromCharCode(key?.[0] ?? 0);
  const named = <T>(label: string, call: () => Promise<T>): Promise<T> => {
    now = label;
    return call();
  };
  return {
    take: (point) => (point === 'store.write' ? (writes.shift() ?? point) : now || point),
    wrap: {
      store: (store) => ({
        get: (key) => named(`get ${tagOf(key)}`, () => store.get(key)),
        getMany: (keys) => named(`getMany ${tagOf(keys[0])}`, () => store.getMany(keys)),
        scan: (range) => named(`scan ${tagOf(range.from)}`, () => store.scan(range)),
        write: (batch) => {
          const tags = new Set(batch.changes.map(({ key }) => tagOf(key)));
          const drops = batch.changes.some(({ value }) => value === null);
          writes.push(`write ${nameOfBatch(tags, drops)}`);
          return store.write(batch);
        },
        purge: (ranges) => named('purge', () => store.purge(ranges)),
        close: () => store.close(),
      }),
      guard: (guard) => ({
        read: () => named('guard read', () => guard.read()),
        advance: (from, to) => named('guard advance', () => guard.advance(from, to)),
        close: () => guard.close(),
      }),
      keyFile: (file) => ({
        read: () => named('keys read', () => file.read()),
        replace: (content) => named('keys replace', () => file.replace(content)),
      }),
    },
  };
}

function nameOfBatch(tags: ReadonlySet<string>, drops: boolean): string {
  if (tags.has('M')) return tags.has('S') ? 'tail' : 'genesis';
  if (tags.has('H')) return 'commit';
  if (tags.has('B')) return 'fold';
  if (tags.has('S')) return drops ? 'prune' : 'head';
  if (tags.has('X')) return 'report';
  if (tags.has('O')) return 'reseal';
  return 'other';
}
