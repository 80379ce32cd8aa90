import { originHash } from '../../src/core/add-checkpoint.ts';
import { utf8 } from '../../src/core/bytes.ts';
import { isTransparencyError } from '../../src/core/error.ts';
import { openWitnessFolder } from '../../src/storage/witness-folder.ts';

// node witness-racer.ts DIR ORIGIN NAME ATTEMPTS: races others for the next head; prints `counter name` per head won.
const [dir, origin, name, attempts] = process.argv.slice(2) as [string, string, string, string];
const store = await openWitnessFolder(dir);
const hash = originHash(origin);
console.log('ready');
await new Promise((resolve) => process.stdin.once('data', resolve));
let from = (await store.head(hash))?.counter ?? 0;
for (let i = 0; i < Number(attempts); i++) {
  try {
    await store.advance(hash, from, utf8(`${name}\n`));
    from += 1;
    console.log(`${from} ${name}`);
  } catch (error) {
    if (!isTransparencyError(error, 'store.moved')) throw error;
    from = (await store.head(hash))?.counter ?? 0;
  }
}
process.exit(0);
