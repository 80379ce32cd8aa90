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
  const states = tree.children.length;
  const next = new Uint16Array(states * WIDTH);
  const found = new Int32Array(states);
  const failure = new Uint16Array(states);
  // Breadth first: a failure leads to a state nearer the root, which is complete by then.
  for (const state of breadthFirst(tree)) {
    const fail = failure[state] as number;
    found[state] = unite(tree.groups[state] as number, found[fail] as number);
    for (let byte = 0; byte < WIDTH; byte++) {
      const child = tree.children[state]?.get(byte);
      const fallback = state === 0 ? 0 : (next[fail * WIDTH + byte] as number);
      if (child !== undefined) failure[child] = fallback;
      next[state * WIDTH + byte] = child ?? fallback;
    }
  }
  return (bytes) => {
    let state = 0;
    let groups = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      state = byte < WIDTH ? (next[state * WIDTH + byte] as number) : 0;
      const here = found[state] as number;
      if (here !== 0) groups = unite(groups, here);
    }
    return groups;
  };
}

/** ASCII: a byte above it is in no literal. */
const WIDTH = 128;

/** The union of two sets of groups. Not a size: 30 bits are all there are. */
function unite(a: number, b: number): number {
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
