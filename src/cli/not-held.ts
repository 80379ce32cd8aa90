import type { TransparencyError } from '../core/error.ts';
import type { CommandIo, ExitCode } from './command.ts';
import type { Flags } from './flags.ts';

/** Tells what does not hold, as `--json` asks for it or as a line for a person. The exit code. */
export function tellNotHeld(
  { code, message }: Pick<TransparencyError, 'code' | 'message'>,
  flags: Flags,
  io: CommandIo,
): ExitCode {
  if (flags.on('json')) io.write(`${JSON.stringify({ holds: false, code, why: message })}\n`);
  else io.note(`DOES NOT HOLD: ${message}`);
  return 1;
}
