import { callCustody } from '../client/client.ts';
import { TransparencyError } from '../core/error.ts';
import type { JsonValue } from '../event/strict-json.ts';
import type { CommandIo, ExitCode } from './command.ts';
import type { Flags } from './flags.ts';
import { checkUrl } from './submit.ts';
import { fetchWithToken } from './token-fetch.ts';

/** One of the things that a command does, and what it was given for it. */
export interface Verb {
  readonly verb: string;
  readonly url: string;
  /** Those behind the URL. */
  readonly operands: readonly string[];
}

/** What a verb takes behind the URL: so many operands at most, one at least where any, and these flags. */
export interface VerbTable {
  readonly operandsMax: number;
  readonly flags: readonly string[];
}

const EVERY: Readonly<Record<string, VerbTable>> = {
  approve: { operandsMax: 1, flags: [] },
  list: { operandsMax: 0, flags: [] },
};

/**
 * Which of its things a command is to do. `approve` and `list` every one does.
 *
 * @throws {TransparencyError} config.malformed
 */
export function verbOf(
  command: string,
  flags: Flags,
  own: Readonly<Record<string, VerbTable>>,
): Verb {
  const tables = { ...EVERY, ...own };
  const known = [...new Set(Object.values(tables).flatMap((table) => table.flags))];
  const [verb = '', url = '', ...operands] = flags.operands;
  const table = Object.hasOwn(tables, verb) ? tables[verb] : undefined;
  if (table === undefined) {
    throw custodyError(`varve ${command} ${Object.keys(tables).sort().join('|')}: which of them?`);
  }
  checkUrl(url);
  const extra = known.find((name) => flags.text(name) !== undefined && !table.flags.includes(name));
  if (extra !== undefined) throw custodyError(`--${extra} is not for '${verb}'`);
  if (operands.length > table.operandsMax) throw custodyError(`too many operands for '${verb}'`);
  if (operands.length === 0 && table.operandsMax > 0) throw custodyError('an operand is missing');
  return { verb, url, operands };
}

/** Asks the log and prints its answer. @param asked  the body of a request */
export async function callVerb(
  io: CommandIo,
  what: 'erase' | 'hold',
  { verb, url, operands }: Verb,
  asked: () => JsonValue,
): Promise<ExitCode> {
  const approval = { approve: operands[0] ?? '' };
  const body = verb === 'list' ? undefined : verb === 'approve' ? approval : asked();
  const answer = await callCustody({ url, fetch: fetchWithToken(io) }, what, body, io.stop);
  if (answer.kind === 'refused') {
    const { code, detail } = answer.refusal;
    io.note(`REFUSED: ${code}: ${detail}`);
    return 1;
  }
  io.write(`${JSON.stringify(answer.value)}\n`);
  const isAsked = answer.status === 202 && verb !== 'approve';
  if (isAsked) io.note(`now another token has to approve it: 'varve ${what} approve URL REQUEST'`);
  if (answer.status === 202 && !isAsked)
    io.note(`begun: 'varve ${what} list URL' tells when it is done`);
  return 0;
}

/** The value of a flag that must be there. @throws {TransparencyError} config.malformed */
export function neededFlag(flags: Flags, name: string): string {
  const text = flags.text(name);
  if (text !== undefined) return text;
  throw custodyError(`--${name} is missing`);
}

/** @throws {TransparencyError} config.malformed */
export function indexOf(text: string): number {
  if (/^(?:0|[1-9][0-9]{0,14})$/.test(text)) return Number(text);
  throw custodyError(`${JSON.stringify(text)}: an index expected`);
}

/** What the command line does not say as it must. */
export function custodyError(message: string): TransparencyError {
  return new TransparencyError('config.malformed', message);
}
