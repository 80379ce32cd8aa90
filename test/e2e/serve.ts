/*
 * `varve serve` with all that an operator may ask of it: witnesses, tokens, TLS, several logs in one process.
 */

import { doors } from './serve/doors.ts';
import { emitters } from './serve/emitters.ts';
import { isolated } from './serve/isolated.ts';
import { witnessed } from './serve/witnessed.ts';
import { openSuite } from './suite.ts';

const { report, folder: work, play } = openSuite('serve');

await play(async () => {
  await doors(report, work);
  await emitters(report, work);
  await isolated(report, work);
  await witnessed(report, work);
});
