import { spawn } from 'node:child_process';

/** What became of a process. */
export interface Ended {
  /** Exit code; null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** It was killed because its time was up. */
  readonly timedOut: boolean;
}

/** Runs a program to its end, killed after `limitMs`. Its output is kept, at most `OUTPUT_CHARS_MAX` of each stream. */
export function run(
  command: string,
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly limitMs: number;
    readonly stdin?: string | Uint8Array;
  },
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, options.limitMs);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout = (stdout + text).slice(-OUTPUT_CHARS_MAX);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-OUTPUT_CHARS_MAX);
    });
    child.on('error', (cause) => {
      clearTimeout(timer);
      reject(new Error(`${command} does not run`, { cause }));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr, timedOut });
    });
    if (options.stdin !== undefined) child.stdin?.end(options.stdin);
  });
}

const OUTPUT_CHARS_MAX = 1_000_000;

/** Runs a program that must succeed; its stdout. */
export async function runWell(
  command: string,
  args: readonly string[],
  options: Parameters<typeof run>[2],
): Promise<string> {
  const ended = await run(command, args, options);
  if (ended.code === 0) return ended.stdout;
  const why = ended.timedOut ? `no end after ${options.limitMs} ms` : `exit code ${ended.code}`;
  throw new Error(`${command} ${args.join(' ')}: ${why}\n${ended.stdout}${ended.stderr}`);
}
