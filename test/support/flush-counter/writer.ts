import { createInterface } from 'node:readline';
import { utf8 } from '../../../src/core/bytes.ts';
import { TransparencyError } from '../../../src/core/error.ts';
import { initGuard, openGuardFile } from '../../../src/storage/guard-file.ts';
import { openLevelStore } from '../../../src/storage/level-store.ts';

// node writer.ts DIR: does what each line of its input says, and prints `done` or the code of what was thrown.
const [dir] = process.argv.slice(2) as [string];
const store = await openLevelStore({ dir: `${dir}/store` });
await initGuard(`${dir}/guard`);
const guard = await openGuardFile(`${dir}/guard`);
console.log('ready');
let count = 0;
for await (const line of createInterface({ input: process.stdin })) {
  count += 1;
  try {
    if (line === 'advance') {
      const from = await guard.read();
      await guard.advance(from, { size: count, rootHash: new Uint8Array(32), timeMs: count });
    } else {
      const changes = [{ key: utf8(`${count}`), value: utf8('value') }];
      await store.write({ changes, flush: line === 'flush' });
    }
    console.log('done');
  } catch (error) {
    console.log(error instanceof TransparencyError ? error.code : error);
  }
}
