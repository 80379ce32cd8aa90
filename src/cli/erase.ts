import type { JsonValue } from '../event/strict-json.ts';
import { ERASE_TARGETS_MAX } from '../log/log.ts';
import type { Command } from './command.ts';
import { callVerb, custodyError, indexOf, neededFlag, verbOf } from './custody-verbs.ts';
import { parseFlags } from './flags.ts';

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
    const flags = parseFlags(args, { text: ['basis'], operands: [0, ERASE_TARGETS_MAX + 2] });
    const verb = verbOf('erase', flags, {
      request: { operandsMax: ERASE_TARGETS_MAX, flags: ['basis'] },
    });
    return callVerb(io, 'erase', verb, () => {
      const targets = verb.operands.map(targetOf);
      return { request: { targets, legalBasis: neededFlag(flags, 'basis') } };
    });
  },
};

function targetOf(text: string): JsonValue {
  const colon = text.indexOf(':');
  if (colon < 0) return [indexOf(text), null];
  const pointer = text.slice(colon + 1);
  if (pointer === 'raw' || pointer.startsWith('/')) return [indexOf(text.slice(0, colon)), pointer];
  throw custodyError(`${JSON.stringify(text)}: INDEX or INDEX:POINTER expected`);
}
