import type { KeyFile } from '../../src/storage/key-file.ts';
import type { Life } from './life.ts';

/** A file of keys as a process of that life sees it. Points `keys.read`, `keys.replace`. What `base` holds outlives it. */
export function faultKeyFile(base: KeyFile, life: Life): KeyFile {
  return {
    read: () => life.run('keys.read', () => base.read()),
    replace: (content) => life.run('keys.replace', () => base.replace(content)),
  };
}
