import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from './random.ts';

/** One damage to one file of a LevelDB folder. */
export interface Damage {
  readonly file: string;
  /**
   * `truncate`: cut at `offset`. `zero`: up to 512 bytes from `offset` become 0. `flip`: one bit of the byte at
   * `offset`. `older`: the file is replaced by the one of an older copy of the folder.
   */
  readonly kind: 'truncate' | 'zero' | 'flip' | 'older';
  readonly offset: number;
  /** 0 to 7. */
  readonly bit: number;
}

/**
 * The damages to try on a folder: for each file but LOG, LOG.old and LOCK each kind at `places` places that the seed
 * picks. `older` comes once a file, where `olderDir` holds another content for it.
 */
export function planDamages(options: {
  readonly dir: string;
  readonly seed: number;
  readonly places: number;
  readonly olderDir?: string;
}): readonly Damage[] {
  const { dir, seed, places, olderDir } = options;
  const random = seededRandom(seed);
  const damages: Damage[] = [];
  for (const file of storeFiles(dir)) {
    const content = readFileSync(join(dir, file));
    for (let place = 0; content.length > 0 && place < places; place++) {
      for (const kind of ['truncate', 'zero', 'flip'] as const) {
        damages.push({ file, kind, offset: random.below(content.length), bit: random.below(8) });
      }
    }
    if (olderDir !== undefined && existsSync(join(olderDir, file))) {
      const older = readFileSync(join(olderDir, file));
      if (!older.equals(content)) damages.push({ file, kind: 'older', offset: 0, bit: 0 });
    }
  }
  return damages;
}

/**
 * Does the damage, and says whether it changed a byte: what was zero before stays as it was.
 *
 * Open a damaged folder in a process of its own: LevelDB aborts the whole process upon some damaged tables.
 */
export function doDamage(dir: string, damage: Damage, olderDir?: string): boolean {
  const path = join(dir, damage.file);
  const before = readFileSync(path);
  if (damage.kind === 'truncate') truncateSync(path, damage.offset);
  else if (damage.kind === 'older') copyFileSync(join(olderDir ?? dir, damage.file), path);
  else {
    const after = Buffer.from(before);
    if (damage.kind === 'zero') after.subarray(damage.offset, damage.offset + 512).fill(0);
    else after[damage.offset] = (after[damage.offset] as number) ^ (1 << damage.bit);
    writeFileSync(path, after);
  }
  return !readFileSync(path).equals(before);
}

/** Files of a LevelDB folder that hold something of the store, sorted. */
export function storeFiles(dir: string): readonly string[] {
  return readdirSync(dir)
    .filter((name) => name !== 'LOG' && name !== 'LOG.old' && name !== 'LOCK')
    .sort();
}
