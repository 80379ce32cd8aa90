/**
 * Bits of the groups of the literals that occur in the bytes; 0 if none does. One pass, about a nanosecond a byte,
 * however many literals there are.
 */
export type LiteralScan = (bytes: Uint8Array) => number;

/**
 * The automaton of Aho and Corasick (1975) over literals of ASCII: a table of next states, failures folded in.
 *
 * @param literals  each with its group, 0 to 29: a literal that occurs sets that bit
 */
export function literalScan(
  literals: readonly { readonly text: string; readonly group: number }[],
): LiteralScan {
  const tree = treeOf(literals);
  const order = breadthFirst(tree);
  const groups = new Int32Array(order.length);
  const failure = new Int32Array(order.length);
  const next = order.map(() => new Int32Array(WIDTH));
  // Breadth first: a failure leads to a state nearer the root, which is complete by then.
  for (const state of order) {
    const fail = failure[state] as number;
    groups[state] = unite(tree.groups[state] as number, groups[fail] as number);
    for (let byte = 0; byte < WIDTH; byte++) {
      const child = tree.children[state]?.get(byte);
      const fallback = state === 0 ? 0 : (next[fail]?.[byte] ?? 0);
      if (child !== undefined) failure[child] = fallback;
      (next[state] as Int32Array)[byte] = child ?? fallback;
    }
  }
  return scanOf(next, groups);
}

/**
 * The pass itself. States are named by the offset of their row in one table, those in which a literal ends come last: a
 * byte costs one read and one comparison.
 */
function scanOf(next: readonly Int32Array[], groups: Int32Array): LiteralScan {
  const states = [...next.keys()].sort(
    (a, b) => Math.sign(groups[a] ?? 0) - Math.sign(groups[b] ?? 0),
  );
  const rowOf = new Map(states.map((state, row) => [state, row * WIDTH]));
  const table = new Int32Array(next.length * WIDTH);
  for (const state of states) {
    const row = next[state]?.map((to) => rowOf.get(to) ?? 0);
    if (row !== undefined) table.set(row, rowOf.get(state));
  }
  const groupsOfRows = states.map((state) => groups[state] as number);
  const firstEnd = groupsOfRows.findIndex((some) => some !== 0) * WIDTH;
  return (bytes) => {
    let row = 0;
    let seen = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      row = byte < WIDTH ? (table[row + byte] as number) : 0;
      if (row >= firstEnd) seen = unite(seen, groupsOfRows[row / WIDTH] as number);
    }
    return seen;
  };
}

/** ASCII: a byte above it is in no literal. */
const WIDTH = 128;

/** The union of two sets of groups. Not a size: 30 bits are all there are. */
export function unite(a: number, b: number): number {
  return a | b;
}

interface Tree {
  readonly children: Map<number, number>[];
  readonly groups: number[];
}

function treeOf(literals: readonly { readonly text: string; readonly group: number }[]): Tree {
  const children: Map<number, number>[] = [new Map()];
  const groups: number[] = [0];
  for (const { text, group } of literals) {
    let state = 0;
    for (let i = 0; i < text.length; i++) {
      const known = children[state]?.get(text.charCodeAt(i));
      if (known === undefined) {
        children[state]?.set(text.charCodeAt(i), children.length);
        state = children.length;
        children.push(new Map());
        groups.push(0);
      } else {
        state = known;
      }
    }
    groups[state] = unite(groups[state] as number, 2 ** group);
  }
  return { children, groups };
}

function breadthFirst(tree: Tree): readonly number[] {
  const order: number[] = [0];
  for (const state of order) order.push(...(tree.children[state]?.values() ?? []));
  return order;
}
