import { compareBytes } from '../core/bytes.ts';
import { hex } from '../core/hex.ts';
import type { IndexReads, IndexStore, Row } from '../lookup/ports.ts';

/** An index store in memory, for tests and for what is not kept. */
export function memoryIndexStore(): IndexStore {
  let rows = new Map<string, Row>();
  return {
    ...readsOf(() => rows),
    batch() {
      const changes: [string, Row | null][] = [];
      return {
        put(key, value) {
          changes.push([hex(key), { key: key.slice(), value: value.slice() }]);
        },
        delete(key) {
          changes.push([hex(key), null]);
        },
        async write() {
          const next = new Map(rows);
          for (const [name, row] of changes) {
            if (row === null) next.delete(name);
            else next.set(name, row);
          }
          rows = next;
        },
        async drop() {
          changes.length = 0;
        },
      };
    },
    async clear() {
      rows = new Map();
    },
    async close() {},
  };
}

function readsOf(rows: () => ReadonlyMap<string, Row>): IndexReads {
  return {
    async getMany(keys) {
      return keys.map((key) => rows().get(hex(key))?.value);
    },
    async scan({ from, to, limit }) {
      return [...rows().values()]
        .filter(({ key }) => compareBytes(key, from) >= 0 && compareBytes(key, to) < 0)
        .sort((a, b) => compareBytes(a.key, b.key))
        .slice(0, limit);
    },
  };
}
