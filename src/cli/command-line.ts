import { readFileSync } from 'node:fs';
import { TransparencyError } from '../core/error.ts';
import { type Command, type CommandIo, type ExitCode, exitCodeOf } from './command.ts';
import { COMMANDS } from './commands.ts';

/**
 * Runs one command line.
 *
 * @param args  without node and script: `['submit', URL, 'events.json']`
 */
export async function runCommandLine(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === '--version') {
    io.write(`${versionOf()}\n`);
    return 0;
  }
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    const about = COMMANDS.find((command) => command.name === rest[0]);
    if (rest[0] !== undefined && about === undefined) return unknown(rest[0], io);
    const text = about?.help ?? overview();
    if (name === undefined) io.note(text.trimEnd());
    else io.write(text);
    return name === undefined ? 2 : 0;
  }
  const command = COMMANDS.find((one) => one.name === name);
  if (command === undefined) return unknown(name, io);
  if (asksForHelp(rest)) {
    io.write(command.help);
    return 0;
  }
  return await runCommand(command, rest, io);
}

async function runCommand(
  command: Command,
  args: readonly string[],
  io: CommandIo,
): Promise<ExitCode> {
  try {
    return await command.run(args, io);
  } catch (error) {
    if (error instanceof TransparencyError) {
      io.note(`varve ${command.name}: ${error.message}`);
      if (error.code === 'config.malformed') io.note(`'varve ${command.name} --help' tells more.`);
    } else if (error instanceof Error && 'syscall' in error) {
      io.note(`varve ${command.name}: ${error.message}`);
    } else if (!(io.stop.aborted && error === io.stop.reason)) {
      io.note(`varve ${command.name}: ${error instanceof Error ? error.stack : String(error)}`);
    }
    return exitCodeOf(error);
  }
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  const flags = end < 0 ? args : args.slice(0, end);
  return flags.includes('--help') || flags.includes('-h');
}

function unknown(name: string, io: CommandIo): ExitCode {
  io.note(`varve: '${name}' is no command. 'varve --help' lists them.`);
  return 2;
}

function overview(): string {
  const width = Math.max(...COMMANDS.map((command) => command.name.length));
  const lines = COMMANDS.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}\n`);
  return `varve: a transparency log for non-human identities

${lines.join('')}
'varve COMMAND --help' tells how each is called. Exit codes: 0 it holds,
1 it does not hold, 2 it could not run.
`;
}

function versionOf(): string {
  const file = new URL('../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string };
  return version;
}
