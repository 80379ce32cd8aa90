import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Report } from './report.ts';

/** A suite of real processes: what it reports to, and where it works. */
export interface Suite {
  readonly report: Report;
  /** Empty at first; gone when the suite has come to its end. */
  readonly folder: string;
  /** Plays the suite and ends the process with its counts. What it throws is a failure as any other. */
  readonly play: (scenes: () => Promise<void>) => Promise<never>;
}

/** @param name  a word, for the name of the folder */
export function openSuite(name: string): Suite {
  const report = new Report();
  const folder = mkdtempSync(join(tmpdir(), `varve-${name}-`));
  const play = async (scenes: () => Promise<void>): Promise<never> => {
    try {
      await scenes();
    } catch (error) {
      report.fail('the suite runs', error);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    return report.finish();
  };
  return { report, folder, play };
}
