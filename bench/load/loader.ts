import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { LoadOrder, LoadReport } from './order.ts';

/** Runs loads in a process of their own. */
export interface Loader {
  run(order: LoadOrder): Promise<LoadReport>;
  close(): void;
}

/** Starts the process; one load runs at a time. */
export function startLoader(): Loader {
  const child = fork(join(import.meta.dirname, 'process.ts'), {
    // Tests of a type stripper cost it nothing: what it runs is plain by then.
    execArgv: process.execArgv.filter((flag) => !flag.startsWith('--cpu-prof')),
  });
  return {
    run(order) {
      return new Promise((resolve, reject) => {
        const end = (code: number | null): void => reject(new Error(`the load ended: ${code}`));
        child.once('exit', end);
        child.once('message', (report) => {
          child.off('exit', end);
          resolve(report as LoadReport); // Our own process's only kind of message.
        });
        child.send(order, (error) => {
          if (error !== null) reject(error);
        });
      });
    },
    close() {
      child.disconnect();
    },
  };
}
