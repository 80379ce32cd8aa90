import { join } from 'node:path';
import { type Child, startChild } from '../../support/child.ts';
import type { Attempt, Stage } from './attempt.ts';

/** An attempt as seen from outside its process. */
export interface Watched extends Attempt {
  /** It ended the process, and a new one was started. */
  readonly aborted: boolean;
}

/** Makes the attempts [0, count) of a plan in some processes at once. */
export async function makeAttempts(options: {
  readonly plan: string;
  readonly count: number;
  readonly folder: string;
  readonly processes: number;
  readonly onAttempt: (index: number, attempt: Watched) => void;
}): Promise<void> {
  const { plan, count, folder, processes, onAttempt } = options;
  let next = 0;
  const worker = async (name: string): Promise<void> => {
    let victim: Child | undefined;
    for (let index = next++; index < count; index = next++) {
      victim ??= startChild({
        file: './victim.ts',
        from: import.meta.url,
        args: [plan, join(folder, name)],
        quiet: true,
      });
      const watched = await watch(victim, index);
      if (watched.aborted) victim = undefined;
      onAttempt(index, watched);
    }
    victim?.process.stdin?.end();
    await victim?.ended;
  };
  await Promise.all(Array.from({ length: processes }, (_, i) => worker(`victim-${i}`)));
}

async function watch(victim: Child, index: number): Promise<Watched> {
  victim.process.stdin?.write(`${index}\n`);
  let stage: Stage = 'start';
  for (;;) {
    const line = await victim.nextLine();
    if (line === undefined) {
      const how = await victim.ended;
      // LevelDB ends its process upon some damages: that is found, and nothing wrong was served.
      if (how === 'SIGABRT') return { where: stage, detail: 'SIGABRT', aborted: true };
      return { where: 'wrong', detail: `ended with ${how} at ${stage}`, aborted: true };
    }
    const said = JSON.parse(line) as { readonly stage?: Stage; readonly result?: Attempt };
    if (said.stage !== undefined) stage = said.stage;
    if (said.result !== undefined) return { ...said.result, aborted: false };
  }
}
