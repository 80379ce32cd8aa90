import { stat } from 'node:fs/promises';
import { FOLDER_FLAGS, type FolderConfig, foldersOf } from './config.ts';
import { type Flags, parseFlags } from './flags.ts';

/** Flags that say where the parts of a data folder lie that was named as an operand. */
export const DATA_FOLDER_FLAGS: readonly string[] = ['log', 'keys', 'guard'];

/** Is the operand a data folder, and not a URL? */
export async function isDataFolder(place: string): Promise<boolean> {
  if (/^https?:/.test(place)) return false;
  try {
    return (await stat(place)).isDirectory();
  } catch {
    return false;
  }
}

/** Where the parts of a data folder lie. */
export function dataFoldersOf(data: string, flags: Flags): FolderConfig {
  const args = ['keys', 'guard'].flatMap((name) => {
    const value = flags.text(name);
    return value === undefined ? [] : [`--${name}`, value];
  });
  return foldersOf(parseFlags(['--data', data, ...args], { text: FOLDER_FLAGS }), {}, {});
}
