/*
 * `varve serve` with all that an operator may ask of it: witnesses, tokens, TLS, several logs in one process.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Report } from './report.ts';
import { doors } from './serve/doors.ts';
import { emitters } from './serve/emitters.ts';
import { isolated } from './serve/isolated.ts';
import { witnessed } from './serve/witnessed.ts';

const report = new Report();
const work = mkdtempSync(join(tmpdir(), 'varve-serve-'));

try {
  await doors(report, work);
  await emitters(report, work);
  await isolated(report, work);
  await witnessed(report, work);
} finally {
  rmSync(work, { recursive: true, force: true });
}
report.finish();
