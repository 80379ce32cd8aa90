import { invariant } from './error.ts';
import { foldRight, type NodeId, planRange } from './tree.ts';

/**
 * What a proof is made of, before anything is read: for each hash of its path the complete subtrees that make it up,
 * left to right. All but one of them are complete themselves; that one holds the right border of the tree.
 */
export type PathPlan = readonly (readonly NodeId[])[];

/** Leaves [start, end). */
export interface LeafRange {
  readonly start: number;
  readonly end: number;
}

/** The plan of a path over these subtrees. */
export function planPath(ranges: readonly LeafRange[]): PathPlan {
  return ranges.map(({ start, end }) => planRange(start, end));
}

/** All nodes that a plan needs. */
export function nodesOfPlan(plan: PathPlan): readonly NodeId[] {
  const all: NodeId[] = [];
  for (const nodes of plan) for (const node of nodes) all.push(node);
  return all;
}

/** The path of a plan from the hashes of `nodesOfPlan`, in that order. */
export function assemblePath(plan: PathPlan, hashes: readonly Uint8Array[]): Uint8Array[] {
  let taken = 0;
  const path = plan.map((nodes) => {
    const from = taken;
    taken += nodes.length;
    return nodes.length === 1 ? (hashes[from] as Uint8Array) : foldRight(hashes.slice(from, taken));
  });
  invariant(taken === hashes.length, 'a path is assembled of one hash per node of its plan');
  return path;
}
