import { sha256, sha256Into } from '#sha256';
import { concat, equalBytes, utf8, writeU64be } from './bytes.ts';
import { TransparencyError } from './error.ts';
import { HASH_LENGTH, nodeHash } from './hash.ts';
import { bitLength, isSize, shiftLeft, trailingZeros } from './integers.ts';
import { foldRight, type NodeId } from './tree.ts';

/** A page of the mini-log of a label: the leaf indices at positions [from, from + indices.length). */
export interface MiniLogPage {
  readonly from: number;
  /** Strictly increasing. */
  readonly indices: readonly number[];
  /** Compact range of [0, from), 32 bytes each. */
  readonly left: readonly Uint8Array[];
  /** Compact range of [from + indices.length, count). */
  readonly right: readonly Uint8Array[];
}

/** Hash of a leaf of a mini-log: its data is u64be of the leaf index. */
export function miniLogLeafHash(leafIndex: number): Uint8Array {
  const hash = new Uint8Array(HASH_LENGTH);
  miniLogLeafHashInto(hash, 0, leafIndex);
  return hash;
}

/** Writes the hash of a leaf of a mini-log to `target[offset, offset + 32)`. */
export function miniLogLeafHashInto(target: Uint8Array, offset: number, leafIndex: number): void {
  writeU64be(leafInput, 1, leafIndex);
  sha256Into(target, offset, leafInput);
}

/** What the trie holds of a mini-log. The count is in it: a root does not bind the size of its tree. */
export function miniLogValue(count: number, root: Uint8Array): Uint8Array {
  writeU64be(valueInput, VALUE_DOMAIN.length, count);
  valueInput.set(root, VALUE_DOMAIN.length + 8);
  return sha256(valueInput);
}

const VALUE_DOMAIN = utf8('nhi.minilog/1\n');

// One input each, filled again for every hash.
const leafInput = new Uint8Array(1 + 8);
const valueInput = concat(VALUE_DOMAIN, new Uint8Array(8 + HASH_LENGTH));

/**
 * The largest complete subtrees that make up the leaves [start, end), left to right: at each position the largest one
 * that begins there and fits. (spec/11-index.md §5)
 */
export function planCompactRange(start: number, end: number): readonly NodeId[] {
  const nodes: NodeId[] = [];
  for (let at = start; at < end; ) {
    const fits = bitLength(end - at) - 1;
    const level = at === 0 ? fits : Math.min(fits, trailingZeros(at));
    nodes.push({ level, index: at / shiftLeft(1, level) });
    at += shiftLeft(1, level);
  }
  return nodes;
}

/**
 * Root of the mini-log of `count` leaves that a page is of.
 *
 * @throws {TransparencyError} index.mismatch if the page does not fit a mini-log of that count
 */
export function rootOfPage(page: MiniLogPage, count: number): Uint8Array {
  const { from, indices, left, right } = page;
  const to = from + indices.length;
  if (!isSize(from) || !isSize(count)) throw mismatch('positions are no sizes');
  if (to > count) throw mismatch(`positions ${from} to ${to} of ${count}`);
  if (count === 0) throw mismatch('a mini-log without leaves');
  for (const [i, leafIndex] of indices.entries()) {
    if (!isSize(leafIndex)) throw mismatch('an index is no leaf index');
    const before = indices[i - 1] ?? -1;
    if (leafIndex <= before) throw mismatch('indices do not increase');
  }
  const range = new CompactRange();
  range.appendNodes(planCompactRange(0, from), left, 'left');
  for (const leafIndex of indices) range.appendLeaf(miniLogLeafHash(leafIndex));
  range.appendNodes(planCompactRange(to, count), right, 'right');
  return range.root();
}

/**
 * Checks that a page is of the mini-log with this value.
 *
 * @throws {TransparencyError} index.mismatch
 */
export function checkPage(page: MiniLogPage, count: number, value: Uint8Array): void {
  if (equalBytes(miniLogValue(count, rootOfPage(page, count)), value)) return;
  throw mismatch('the page is of another mini-log');
}

/** A tree that grows from the left by complete subtrees; neighbours of one level become their parent at once. */
class CompactRange {
  readonly #nodes: { level: number; index: number; hash: Uint8Array }[] = [];
  #size = 0;

  appendLeaf(hash: Uint8Array): void {
    this.#append({ level: 0, index: this.#size, hash });
  }

  appendNodes(plan: readonly NodeId[], hashes: readonly Uint8Array[], side: string): void {
    if (hashes.length !== plan.length) {
      throw mismatch(`${hashes.length} hashes on the ${side}, not ${plan.length}`);
    }
    for (const [i, node] of plan.entries()) {
      const hash = hashes[i] as Uint8Array;
      if (hash.length !== HASH_LENGTH) throw mismatch('a hash has not 32 bytes');
      this.#append({ ...node, hash });
    }
  }

  root(): Uint8Array {
    return foldRight(this.#nodes.map(({ hash }) => hash));
  }

  #append(node: { level: number; index: number; hash: Uint8Array }): void {
    this.#size += shiftLeft(1, node.level);
    let { level, index, hash } = node;
    for (let last = this.#nodes.at(-1); last?.level === level && index % 2 === 1; ) {
      this.#nodes.pop();
      hash = nodeHash(last.hash, hash);
      level += 1;
      index = (index - 1) / 2;
      last = this.#nodes.at(-1);
    }
    this.#nodes.push({ level, index, hash });
  }
}

function mismatch(why: string): TransparencyError {
  return new TransparencyError('index.mismatch', `mini-log: ${why}`);
}
