import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A process that runs a TypeScript file of the tests, and the lines it prints. */
export interface Child {
  readonly process: ChildProcess;
  /** The next line of its standard output, or undefined at the end. */
  nextLine(): Promise<string | undefined>;
  /** All further lines. */
  restLines(): Promise<string[]>;
  /** Resolves when it is gone: its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** Starts a file, named as seen from `from` (`import.meta.url`), in a process of its own. */
export function startChild(options: {
  readonly file: string;
  readonly from: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Drops what it says on standard error: for one that is expected to abort. */
  readonly quiet?: boolean;
}): Child {
  const path = fileURLToPath(new URL(options.file, options.from));
  const child = spawn(
    process.execPath,
    ['--conditions=varve-source', '--import', 'tsx', path, ...(options.args ?? [])],
    {
      stdio: ['pipe', 'pipe', options.quiet === true ? 'ignore' : 'inherit'],
      env: { ...process.env, ...options.env },
    },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, 'exit').then(
    ([code, signal]) => (code ?? signal) as number | NodeJS.Signals,
  );
  return {
    process: child,
    ended,
    async nextLine() {
      const line = await lines.next();
      return line.done ? undefined : line.value;
    },
    async restLines() {
      const rest: string[] = [];
      for (let line = await lines.next(); !line.done; line = await lines.next())
        rest.push(line.value);
      return rest;
    },
  };
}
