import { isTransparencyError } from '../../src/core/error.ts';
import { openGuardFile } from '../../src/storage/guard-file.ts';

// node guard-racer.ts DIR NAME ATTEMPTS: races others for the next state of a guard; prints `size name` per state won.
const [dir, name, attempts] = process.argv.slice(2) as [string, string, string];
const guard = await openGuardFile(dir);
console.log('ready');
await new Promise((resolve) => process.stdin.once('data', resolve));
let from = await guard.read();
for (let i = 0; i < Number(attempts); i++) {
  const to = {
    size: (from?.size ?? 0) + 1,
    rootHash: new Uint8Array(32).fill(name.charCodeAt(0)),
    timeMs: (from?.timeMs ?? 0) + 1,
  };
  try {
    await guard.advance(from, to);
    console.log(`${to.size} ${name}`);
    from = to;
  } catch (error) {
    if (!isTransparencyError(error, 'guard.moved')) throw error;
    from = await guard.read();
  }
}
await guard.close();
process.exit(0);
