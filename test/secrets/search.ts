import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { openRowsOfFolder } from '../support/sealed-rows.ts';
import type { Hit, Needles } from './needles.ts';

/** Where something was found. */
export interface Finding extends Hit {
  /** `file`: bytes as they lie there; `row`: a row of a LevelDB, uncompressed; `opening`: opened with a key that lies there. */
  readonly layer: 'file' | 'row' | 'opening';
  /** The file, the row, or the leaf and its pointer. */
  readonly where: string;
}

/** What was looked through. */
export interface Searched {
  readonly findings: readonly Finding[];
  readonly files: number;
  readonly rows: number;
  readonly openings: number;
  readonly bytes: number;
}

/**
 * Looks through all of a data folder whose server is stopped: every byte of every file, every key and value of every
 * LevelDB, and every opening that a key in the folder opens.
 *
 * @param logs  names of the logs whose openings are opened
 */
export async function searchFolder(
  dir: string,
  logs: readonly string[],
  needles: Needles,
): Promise<Searched> {
  const findings: Finding[] = [];
  let bytes = 0;
  const look = (layer: Finding['layer'], where: string, content: Uint8Array): void => {
    bytes += content.length;
    for (const hit of needles.findIn(content)) findings.push({ ...hit, layer, where });
  };
  // Files first: LevelDB tidies up what is opened.
  const files = filesBelow(dir);
  for (const file of files) look('file', relative(dir, file), new Uint8Array(readFileSync(file)));
  let rows = 0;
  for (const folder of files.filter((file) => file.endsWith('/CURRENT')).map(folderOf)) {
    const db = new ClassicLevel<Uint8Array, Uint8Array>(folder, {
      keyEncoding: 'view',
      valueEncoding: 'view',
      createIfMissing: false,
    });
    await db.open();
    for await (const [key, value] of db.iterator()) {
      rows += 1;
      const where = `${relative(dir, folder)} ${Buffer.from(key).toString('latin1').slice(0, 24)}`;
      look('row', where, key);
      look('row', where, value);
    }
    await db.close();
  }
  let openings = 0;
  for (const log of logs) {
    for (const { leafIndex, pointer, bytes: content } of await openRowsOfFolder(dir, log)) {
      if (content === null) continue;
      openings += 1;
      look('opening', `${log} ${leafIndex} ${pointer}`, content);
    }
  }
  return { findings, files: files.length, rows, openings, bytes };
}

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf('/'));
}

function filesBelow(dir: string): readonly string[] {
  return readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
