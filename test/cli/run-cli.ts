import type { CommandIo } from '../../src/cli/command.ts';
import { runCommandLine } from '../../src/cli/command-line.ts';
import { utf8 } from '../../src/core/bytes.ts';

/** What a command did. */
export interface CliRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly lines: readonly string[];
}

/** Runs a command line in this process, with nothing of it but files; the network is what a test gives. */
export async function runCli(
  args: readonly string[],
  options: Partial<Pick<CommandIo, 'fetch' | 'env' | 'stop' | 'interactive'>> & {
    readonly stdin?: string;
  } = {},
): Promise<CliRun> {
  let stdout = '';
  let stderr = '';
  const code = await runCommandLine(args, {
    write: (data) => {
      stdout += typeof data === 'string' ? data : new TextDecoder().decode(data);
    },
    note: (line) => {
      stderr += `${line}\n`;
    },
    progress: () => {},
    stdin: streamOf(options.stdin ?? ''),
    env: options.env ?? {},
    interactive: options.interactive ?? true,
    fetch: options.fetch ?? (() => Promise.reject(new Error('no network in this test'))),
    now: () => 1_767_225_600_000,
    stop: options.stop ?? new AbortController().signal,
  });
  return { code, stdout, stderr, lines: stdout.split('\n').slice(0, -1) };
}

async function* streamOf(text: string): AsyncGenerator<Uint8Array> {
  yield utf8(text);
}
