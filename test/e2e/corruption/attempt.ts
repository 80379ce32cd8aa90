import { cpSync, rmSync } from 'node:fs';
import { isTransparencyError } from '../../../src/core/error.ts';
import { type Damage, doDamage } from '../../support/corrupt.ts';
import { checkFolder, copyFolder, type DataFolder, openFolder } from './data-folder.ts';
import type { MadeLog } from './make-log.ts';
import { differenceOf, readAll, type Served, sendAgain } from './served.ts';

/** What is done to a copy of a log: one damage, where `older` are earlier files; or the backup put in its place. */
export type Job = { readonly damage: Damage; readonly older: string } | 'restored';

/** A log, what it served before, and what is done to copies of it. */
export interface Plan {
  readonly made: MadeLog;
  readonly served: Served;
  readonly jobs: readonly Job[];
}

/** Where a damage was found. `nothing` was wrong and nothing differed; `lost` and `wrong` must never be. */
export type Where = 'unchanged' | 'start' | 'read' | 'check' | 'nothing' | 'lost' | 'wrong';

/** What became of a job. */
export interface Attempt {
  readonly where: Where;
  readonly detail: string;
}

/** Stages of an attempt: where a process that aborts was. */
export type Stage = 'start' | 'read' | 'check';

/**
 * Damages a copy of a stopped log, starts it, reads all of it, sends its events again, stops it and checks it. It ends
 * as soon as the damage is found; what was served until then must be right in any case.
 */
export async function attempt(
  { made, served, jobs }: Plan,
  index: number,
  work: DataFolder,
  tell: (stage: Stage) => void,
): Promise<Attempt> {
  const job = jobs[index] ?? 'restored';
  copyFolder(made.folder, work);
  if (job === 'restored') {
    rmSync(work.store, { recursive: true });
    cpSync(made.backup, work.store, { recursive: true });
  } else if (!doDamage(work.store, job.damage, job.older)) {
    return { where: 'unchanged', detail: '' };
  }

  tell('start');
  let faulted: unknown;
  const opened = await found(() =>
    openFolder(work, {
      clock: () => made.nowMs,
      onFault: (error) => {
        faulted = error;
      },
    }),
  );
  if (opened.error !== undefined) return { where: 'start', detail: opened.error };
  const log = opened.value;
  const startedHalted = log.state.kind === 'halted';

  if (!startedHalted) tell('read');
  const now = { ...(await readAll(log, made.questions)) };
  if (log.state.kind === 'running') Object.assign(now, await sendAgain(log, made.questions));
  const differences = new Map<string, string[]>();
  for (const [what, answer] of Object.entries(now)) {
    // Halted at the start, it shows the last head that it can prove: older, and signed.
    if (startedHalted && what.startsWith('checkpoint')) continue;
    const difference = differenceOf(served[what] ?? '', answer);
    differences.set(difference, [...(differences.get(difference) ?? []), `${what}: ${answer}`]);
  }
  const { state } = log;
  await log.close().catch(() => undefined);
  const wrong = differences.get('wrong')?.[0];
  if (wrong !== undefined) return { where: 'wrong', detail: wrong };
  if (state.kind === 'halted') {
    return { where: startedHalted ? 'start' : 'read', detail: `${state.reason}: ${state.detail}` };
  }
  if (faulted !== undefined) return { where: 'read', detail: `fault ${faulted}` };

  tell('check');
  const checked = await found(() => checkFolder(work, true));
  if (checked.error !== undefined) return { where: 'check', detail: checked.error };
  const lost = differences.get('again')?.[0] ?? differences.get('refused')?.[0];
  if (lost !== undefined) return { where: 'lost', detail: lost };
  return { where: 'nothing', detail: '' };
}

async function found<T>(
  run: () => Promise<T>,
): Promise<
  | { readonly value: T; readonly error?: undefined }
  | { readonly error: string; readonly value?: undefined }
> {
  try {
    return { value: await run() };
  } catch (error) {
    if (!isTransparencyError(error)) throw error;
    return { error: error.message };
  }
}
