import { HASH_LENGTH } from '../core/hash.ts';
import type { TreeBuilder } from '../core/tree-builder.ts';
import type { NewEntry } from './decide.ts';
import { entryRows } from './entries.ts';
import type { Change } from './ports.ts';
import { commitHash, commitKey, formatCommitRow, HEAD_KEY, NO_COMMIT, tileKey } from './rows.ts';

/** The writer's tree: what is integrated, and the commit row that says so. */
export interface WriterTree {
  readonly builder: TreeBuilder;
  /** 0 before the first commit. */
  sequence: number;
  /** Bytes of the last commit row; undefined before the first. */
  commitRow: Uint8Array | undefined;
}

/** Rows of a commit, and the step that makes it so in memory. */
export interface Integrated {
  readonly changes: readonly Change[];
  /** To be called once the rows are written, before anything else is integrated. */
  adopt(): void;
}

/**
 * Makes the rows of a commit: entries, tiles, commit row, head row. The tree in memory stays as it is until `adopt`.
 * (spec/6-publication.md)
 */
export function integrate(tree: WriterTree, entries: readonly NewEntry[]): Integrated {
  const { builder } = tree;
  const hashes = new Uint8Array(entries.length * HASH_LENGTH);
  for (const [i, { leafHash }] of entries.entries()) hashes.set(leafHash, i * HASH_LENGTH);
  const appended = builder.append(hashes);

  const changes = entryRows(
    builder.size,
    entries.map(({ entry }) => entry),
  );
  for (const { tile, bytes } of appended.fullTiles) {
    changes.push({ key: tileKey(tile.level, tile.index), value: bytes });
  }
  for (const { tile, bytes } of appended.partialTiles) {
    // At level 0 it can be had from the entries: a start hashes at most 255 of them.
    if (tile.level > 0) changes.push({ key: tileKey(tile.level, tile.index), value: bytes });
  }
  const sequence = tree.sequence + 1;
  const row = formatCommitRow({
    sequence,
    size: appended.size,
    rootHash: appended.rootHash,
    previous: tree.commitRow === undefined ? NO_COMMIT : commitHash(tree.commitRow),
  });
  changes.push({ key: commitKey(sequence), value: row }, { key: HEAD_KEY, value: row });
  return {
    changes,
    adopt() {
      appended.adopt();
      tree.sequence = sequence;
      tree.commitRow = row;
    },
  };
}
