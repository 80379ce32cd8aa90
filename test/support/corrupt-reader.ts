import { utf8 } from '../../src/core/bytes.ts';
import { isTransparencyError } from '../../src/core/error.ts';
import { openLevelStore } from '../../src/storage/level-store.ts';

// node corrupt-reader.ts DIR…: opens each store, reads all of it, writes one row; a line says how that went.
for (const dir of process.argv.slice(2)) {
  try {
    const store = await openLevelStore({ dir });
    try {
      await store.scan({ from: new Uint8Array(0), to: new Uint8Array(9).fill(255), limit: 1000 });
      await store.write({ changes: [{ key: utf8('k'), value: utf8('v') }], flush: true });
    } finally {
      await store.close();
    }
    console.log('answered');
  } catch (error) {
    console.log(isTransparencyError(error) ? error.code : `threw ${error}`);
  }
}
