import type { JsonValue } from '../event/strict-json.ts';
import type { Command } from './command.ts';
import { callVerb, custodyError, indexOf, neededFlag, verbOf } from './custody-verbs.ts';
import { type Flags, parseFlags } from './flags.ts';

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
    const flags = parseFlags(args, { text: ['source', 'range', 'basis'], operands: [0, 3] });
    const asked = verbOf('hold', flags, {
      request: { operandsMax: 0, flags: ['source', 'range', 'basis'] },
      lift: { operandsMax: 1, flags: ['basis'] },
    });
    const { verb, operands } = asked;
    return callVerb(io, 'hold', asked, () => {
      const what =
        verb === 'lift' ? { lift: indexOf(operands[0] ?? '') } : { place: scopeOf(flags) };
      return { request: { ...what, legalBasis: neededFlag(flags, 'basis') } };
    });
  },
};

function scopeOf(flags: Flags): JsonValue {
  const source = flags.text('source');
  const range = flags.text('range');
  if ((source === undefined) === (range === undefined)) {
    throw custodyError('--source ID or --range A:B has to say what is held, one of them');
  }
  if (source !== undefined) return { source };
  const [from = '', to = '', more] = (range ?? '').split(':');
  if (more !== undefined) throw custodyError('--range A:B: entries A to below B');
  return { from: indexOf(from), to: indexOf(to) };
}
