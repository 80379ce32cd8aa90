import { callCustody } from '../client/client.ts';
import { TransparencyError } from '../core/error.ts';
import type { JsonValue } from '../event/strict-json.ts';
import { ERASE_TARGETS_MAX } from '../log/log.ts';
import type { Command, CommandIo, ExitCode } from './command.ts';
import { type Flags, parseFlags } from './flags.ts';
import { checkUrl } from './submit.ts';
import { fetchWithToken } from './token-fetch.ts';

/** `varve erase` */
export const erase: Command = {
  name: 'erase',
  summary: 'erase withheld values: one token asks, another approves',
  help: `varve erase request URL TARGET... --basis TEXT
varve erase approve URL REQUEST
varve erase list URL

Erases openings: the values that a log keeps beside its entries, never an entry
or a proof. Takes two tokens of the role operate: one asks, and prints a digest;
another looks at what it stands for ('list') and approves that digest. Prints
the answer as JSON: an approval's is the report, which names what no erasure
reaches. Exits with 1 if the log refuses.

  URL           of the log: http://127.0.0.1:6962/main
  TARGET        INDEX, for all that is kept of an entry; INDEX:POINTER, for one
                value (12:/ctx/ip, 12:raw)
  --basis TEXT  on what ground; it stands in an entry of the log for ever
  REQUEST       the digest of what was asked for

Variable: VARVE_TOKEN, the token that asks or approves
`,
  async run(args, io) {
    const table = { request: { operandsMax: ERASE_TARGETS_MAX, flags: ['basis'] } };
    const asked = parseVerb('erase', args, table);
    return call(io, 'erase', asked, () => {
      const targets = asked.operands.map(targetOf);
      return { request: { targets, legalBasis: needed(asked.flags, 'basis') } };
    });
  },
};

/** `varve hold` */
export const hold: Command = {
  name: 'hold',
  summary: 'keep values from being erased: one token asks, another approves',
  help: `varve hold request URL --source ID|--range A:B --basis TEXT
varve hold lift URL INDEX --basis TEXT
varve hold approve URL REQUEST
varve hold list URL

While a hold stands, nothing of what it covers is erased, nor while one is asked
for. Placing and lifting take two tokens of the role operate each, as 'varve
erase' does. Prints the answer as JSON. Exits with 1 if the log refuses.

  URL           of the log: http://127.0.0.1:6962/main
  --source ID   covers the entries of a source (src.id)
  --range A:B   covers entries A to below B
  INDEX         of the entry that placed the hold
  --basis TEXT  on what ground; it stands in an entry of the log for ever
  REQUEST       the digest of what was asked for

Variable: VARVE_TOKEN, the token that asks or approves
`,
  async run(args, io) {
    const asked = parseVerb('hold', args, {
      request: { operandsMax: 0, flags: ['source', 'range', 'basis'] },
      lift: { operandsMax: 1, flags: ['basis'] },
    });
    const { verb, operands, flags } = asked;
    return call(io, 'hold', asked, () => {
      const what =
        verb === 'lift' ? { lift: indexOf(operands[0] ?? '') } : { place: scopeOf(flags) };
      return { request: { ...what, legalBasis: needed(flags, 'basis') } };
    });
  },
};

interface Verb {
  readonly verb: string;
  readonly url: string;
  /** Those behind the URL. */
  readonly operands: readonly string[];
  readonly flags: Flags;
}

/** What a verb takes behind the URL: so many operands at most, one at least where any, and these flags. */
interface VerbTable {
  readonly operandsMax: number;
  readonly flags: readonly string[];
}

const EVERY: Readonly<Record<string, VerbTable>> = {
  approve: { operandsMax: 1, flags: [] },
  list: { operandsMax: 0, flags: [] },
};

function parseVerb(
  command: string,
  args: readonly string[],
  own: Readonly<Record<string, VerbTable>>,
): Verb {
  const tables = { ...EVERY, ...own };
  const known = [...new Set(Object.values(tables).flatMap(({ flags }) => flags))];
  const flags = parseFlags(args, { text: known, operands: [0, Number.MAX_SAFE_INTEGER] });
  const [verb = '', url = '', ...operands] = flags.operands;
  const table = Object.hasOwn(tables, verb) ? tables[verb] : undefined;
  if (table === undefined) {
    throw malformed(`varve ${command} ${Object.keys(tables).sort().join('|')}: which of them?`);
  }
  checkUrl(url);
  const extra = known.find((name) => flags.text(name) !== undefined && !table.flags.includes(name));
  if (extra !== undefined) throw malformed(`--${extra} is not for '${verb}'`);
  if (operands.length > table.operandsMax) throw malformed(`too many operands for '${verb}'`);
  if (operands.length === 0 && table.operandsMax > 0) throw malformed('an operand is missing');
  return { verb, url, operands, flags };
}

async function call(
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

function targetOf(text: string): JsonValue {
  const colon = text.indexOf(':');
  if (colon < 0) return [indexOf(text), null];
  const pointer = text.slice(colon + 1);
  if (pointer === 'raw' || pointer.startsWith('/')) return [indexOf(text.slice(0, colon)), pointer];
  throw malformed(`${JSON.stringify(text)}: INDEX or INDEX:POINTER expected`);
}

function scopeOf(flags: Flags): JsonValue {
  const source = flags.text('source');
  const range = flags.text('range');
  if ((source === undefined) === (range === undefined)) {
    throw malformed('--source ID or --range A:B has to say what is held, one of them');
  }
  if (source !== undefined) return { source };
  const [from = '', to = '', more] = (range ?? '').split(':');
  if (more !== undefined) throw malformed('--range A:B: entries A to below B');
  return { from: indexOf(from), to: indexOf(to) };
}

function needed(flags: Flags, name: string): string {
  const text = flags.text(name);
  if (text !== undefined) return text;
  throw malformed(`--${name} is missing`);
}

function indexOf(text: string): number {
  if (/^(?:0|[1-9][0-9]{0,14})$/.test(text)) return Number(text);
  throw malformed(`${JSON.stringify(text)}: an index expected`);
}

function malformed(message: string): TransparencyError {
  return new TransparencyError('config.malformed', message);
}
