import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseBase64 } from '../../src/core/base64.ts';
import { checkConsistency } from '../../src/core/consistency.ts';
import { isTransparencyError } from '../../src/core/error.ts';
import { checkInclusion } from '../../src/core/inclusion.ts';

/** Probes of transparency-dev/merkle, read where they are and not copied. Absent: skipped. */
const folder = new URL('../../../shared/vectors/merkle-testdata/', import.meta.url);
const absent = !existsSync(folder);

interface Probe {
  readonly desc: string;
  readonly wantErr: boolean;
  readonly proof: readonly string[] | null;
}

interface InclusionProbe extends Probe {
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string;
  readonly leafHash: string;
}

interface SubtreeProbe extends Omit<InclusionProbe, 'treeSize'> {
  readonly start: number;
  readonly end: number;
}

interface ConsistencyProbe extends Probe {
  readonly size1: number;
  readonly size2: number;
  readonly root1: string;
  readonly root2: string;
}

function probes<T extends Probe>(kind: string): [string, T][] {
  const base = new URL(`${kind}/`, folder);
  return readdirSync(base, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => [name, JSON.parse(readFileSync(new URL(name, base), 'utf8')) as T]);
}

/** Does it refuse? Anything thrown that is no refusal is a failure. */
function refuses(run: () => void): boolean {
  try {
    run();
    return false;
  } catch (error) {
    if (isTransparencyError(error)) return true;
    throw error;
  }
}

const hashes = (proof: Probe['proof']): Uint8Array[] => (proof ?? []).map(parseBase64);

describe.skipIf(absent)('probes of transparency-dev/merkle', () => {
  it('agrees on each inclusion proof', () => {
    const all = probes<InclusionProbe>('inclusion');
    expect(all.length).toBe(98);
    for (const [name, probe] of all) {
      const refused = refuses(() =>
        checkInclusion({
          leafHash: parseBase64(probe.leafHash),
          leafIndex: probe.leafIdx,
          treeSize: probe.treeSize,
          path: hashes(probe.proof),
          rootHash: parseBase64(probe.root),
        }),
      );
      expect(refused, name).toBe(probe.wantErr);
    }
  });

  it('agrees on each consistency proof, but for the one whose roots are no hashes', () => {
    const all = probes<ConsistencyProbe>('consistency');
    expect(all.length).toBe(98);
    const disagreed: string[] = [];
    for (const [name, probe] of all) {
      const refused = refuses(() =>
        checkConsistency({
          first: probe.size1,
          second: probe.size2,
          firstRoot: parseBase64(probe.root1),
          secondRoot: parseBase64(probe.root2),
          path: hashes(probe.proof),
        }),
      );
      if (refused !== probe.wantErr) disagreed.push(name);
    }
    // Its roots are equal texts of 12 bytes; here a root has 32. (spec/1-tree.md §5)
    expect(disagreed).toEqual(['additional/sizes-are-equal-one-and-proof-is-empty.json']);
  });

  it('agrees on inclusion in subtrees, which are trees of their own', () => {
    const all = probes<SubtreeProbe>('subtreeinclusion');
    expect(all.length).toBe(204);
    for (const [name, probe] of all) {
      const treeSize = probe.end - probe.start;
      const refused = refuses(() =>
        checkInclusion({
          leafHash: parseBase64(probe.leafHash),
          leafIndex: probe.leafIdx - probe.start,
          treeSize,
          path: hashes(probe.proof),
          rootHash: parseBase64(probe.root),
        }),
      );
      expect(refused || !isSubtree(probe), name).toBe(probe.wantErr);
    }
  });
});

/** Does the range start at 0 or at a multiple of the least power of two that holds it? */
function isSubtree({ start, end }: SubtreeProbe): boolean {
  let span = 1;
  while (span < end - start) span *= 2;
  return start % span === 0;
}
