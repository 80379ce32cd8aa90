import { writeFile } from 'node:fs/promises';
import { type LogClient, type LogClientOptions, openLogClient } from '../client/client.ts';
import { readFileIfAny } from '../storage/linked-file.ts';
import { replaceFile } from '../storage/replaced-file.ts';
import type { CommandIo } from './command.ts';
import type { Flags } from './flags.ts';

/** The flag of commands that remember what a log showed them from one run to the next. */
export const SEEN_FLAGS: readonly string[] = ['seen'];

/** A reader of a log, and what it leaves for the next run. */
export interface RememberingClient {
  readonly client: LogClient;
  /** Keeps the highest checkpoint that verified, and what contradicts it. To be called however the run ends. */
  keep(): Promise<void>;
}

/**
 * A reader that begins with the checkpoint in the file of `--seen`, if there is one: a log that went back, or shows
 * another history than in the last run, is refused, and is told what was seen (`Varve-Seen`).
 *
 * @throws {TransparencyError} note.*, checkpoint.* for a file that holds no checkpoint of this log
 */
export async function openRemembering(
  options: Omit<LogClientOptions, 'known'>,
  flags: Flags,
  io: CommandIo,
): Promise<RememberingClient> {
  const file = flags.text('seen');
  if (file === undefined) {
    return { client: openLogClient(options), keep: () => Promise.resolve() };
  }
  const known = await readFileIfAny(file);
  const client = openLogClient({ ...options, ...(known === undefined ? {} : { known }) });
  return { client, keep: () => keep(file, client, io) };
}

async function keep(file: string, client: LogClient, io: CommandIo): Promise<void> {
  const { highest, conflicts } = client;
  // In the place of the old one as a whole: a run that is cut short forgets nothing.
  if (highest !== null) await replaceFile(file, highest.note, 0o666);
  for (const { kind, earlier, later, proof } of conflicts) {
    const name = `${file}.${kind}-${earlier.size}-${later.size}`;
    // Whoever is to believe it needs the head that was shown in this run too.
    await writeFile(`${name}.note`, later.note);
    if (proof !== null) await writeFile(`${name}.fork-proof`, proof);
    const kept = proof === null ? `${name}.note` : `${name}.fork-proof`;
    io.note(
      `Kept ${kept}: the log showed heads of ${earlier.size} and ${later.size} that do not fit`,
    );
  }
}
