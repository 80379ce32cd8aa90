import { logKeyOfPolicy, openLogClient } from '../client/client.ts';
import { type LookupQuery, type LookupResult, lookup as lookUp } from '../client/lookup-client.ts';
import type { LookupEntry } from '../client/lookup-entries.ts';
import type { IndexRange, KnownPostings } from '../client/lookup-pages.ts';
import {
  isAtLeast,
  type LookupPolicy,
  lookupPolicyOf,
  parseLookupPolicy,
} from '../client/lookup-policy.ts';
import { lookupNotProven, lookupSentence } from '../client/lookup-words.ts';
import { policyOfVkey } from '../client/trust.ts';
import { base64 } from '../core/base64.ts';
import { utf8Text } from '../core/bytes.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { formatLookupKey, parseLookupKey } from '../event/map.ts';
import { type Command, type CommandIo, exitCodeOf } from './command.ts';
import { type Flags, parseFlags } from './flags.ts';
import { readKept, writeKept } from './known-postings.ts';
import { readNamedFile } from './named-file.ts';
import { tellNotHeld } from './not-held.ts';
import { checkUrl } from './submit.ts';
import { fetchWithToken } from './token-fetch.ts';

/** `varve lookup` */
export const lookup: Command = {
  name: 'lookup',
  summary: 'all events of a key, with the proof that these are all',
  help: `varve lookup URL KEY --policy FILE|--vkey VKEY [--require GRADE]
             [--auditor VKEY]... [--replay] [--max-age S] [--since N]
             [--known FILE] [--range A:B] [--tail-max N] [--complete] [--json]

Prints the entries that carry a key, a line of JSON each, and says on stderr
what is proven: how many there are, among how many entries of the log, as of
when, and how far the index can be relied on. Verifies everything; trusts the
policy alone. Exits with 0 only if all of it holds and the grade is at least
the one that is required, with 1 if not, with 2 if it could not try.

  KEY            selector:value. Selectors: actor principal cred credfp source
                 session trace res artifact kind approver log
  --policy FILE  whose log, which witnesses; and in its comments what it asks of
                 lookups: '#varve index-grade audited',
                 '#varve index-auditor VKEY', '#varve index-max-age 3600'
  --vkey VKEY    instead: the key of the log, and no witness
  --require G    claimed, audited or replayed; the higher of this and the policy
  --auditor VKEY its audit notes count, beside those that the policy names
  --replay       read the whole log, and make the index anew to compare
  --max-age S    refuse a checkpoint that is older, by its witnesses
  --since N      only those behind the first N, which the caller has
  --known FILE   only those behind what FILE knows, held to it; then FILE knows
                 these too. The log must have grown from what FILE saw of it
  --range A:B    only entries A to below B
  --tail-max N   read so many entries behind the index at most; default 65536
  --complete     exit with 1 if the entries behind the index were too many to be
                 read: a log may show an old index head, that hides new entries
  --json         print one JSON object instead, proofs' figures with it
`,
  async run(args, io) {
    const flags = parseFlags(args, {
      text: ['policy', 'vkey', 'require', 'max-age', 'since', 'known', 'range', 'tail-max'],
      texts: ['auditor'],
      on: ['replay', 'complete', 'json'],
      operands: [2, 2],
    });
    const [url = '', key = ''] = flags.operands;
    checkUrl(url);
    const lookupKey = parseLookupKey(key);
    const place = placeOf(flags);
    const policy = await lookupTrust(flags);
    const file = flags.text('known');
    const of = { origin: logKeyOfPolicy(policy.policy).name, key: formatLookupKey(lookupKey) };
    const kept = file === undefined ? null : await readKept(file, of);
    const query: LookupQuery = {
      key: lookupKey,
      ...place,
      ...(kept === null ? {} : { known: kept.known }),
    };
    try {
      const options = optionsOf(url, { policy, flags, io, seen: kept?.checkpoint });
      const result = await lookUp(options, query);
      tell(result, flags, io);
      const { checkpoint, known } = result;
      if (file !== undefined && known !== null && known.edge !== null) {
        const { edge } = known;
        await writeKept(file, { ...of, checkpoint: checkpoint.note, known: { ...known, edge } });
      }
      if (!isAtLeast(result.grade.grade, policy.grade)) {
        io.note(`NOT ENOUGH: ${result.grade.grade}, where ${policy.grade} is required`);
        return 1;
      }
      if (!flags.on('complete') || isComplete(result)) return 0;
      io.note(`NOT COMPLETE: up to entry ${result.completeTo} alone`);
      return 1;
    } catch (error) {
      if (!isTransparencyError(error) || exitCodeOf(error) !== 1) throw error;
      return tellNotHeld(error, flags, io);
    }
  },
};

function optionsOf(
  url: string,
  given: {
    readonly policy: LookupPolicy;
    readonly flags: Flags;
    readonly io: CommandIo;
    /** A checkpoint that was seen before. */
    readonly seen: Uint8Array | undefined;
  },
): Parameters<typeof lookUp>[0] {
  const { policy, flags, io, seen } = given;
  const tailMax = integerFlag(flags, 'tail-max');
  return {
    ...lookupAccess(url, { policy, flags, io, seen }),
    onProgress: (what, done, of) => io.progress(`${what}: ${done} of ${of}`),
    // A key of a million events is printed as it is read.
    ...(flags.on('json')
      ? {}
      : {
          onEvent: (event: LookupEntry, indexed: boolean): void => {
            io.write(`${JSON.stringify(lineOf(event, indexed))}\n`);
          },
        }),
    ...(tailMax === undefined ? {} : { tailMax }),
  };
}

/**
 * How lookups of a command reach the log, and what each of them is held to.
 *
 * @param given.seen  a checkpoint that was seen before
 */
export function lookupAccess(
  url: string,
  given: {
    readonly policy: LookupPolicy;
    readonly flags: Flags;
    readonly io: CommandIo;
    readonly seen?: Uint8Array | undefined;
  },
): Parameters<typeof lookUp>[0] {
  const { policy, flags, io, seen } = given;
  const fetch = fetchWithToken(io);
  const known = seen === undefined ? {} : { known: seen };
  return {
    client: openLogClient({ url, policy: policy.policy, fetch, ...known }),
    location: { url, fetch },
    policy,
    nowSeconds: () => Math.floor(io.now() / 1000),
    anyGrade: true,
    replay: flags.on('replay'),
    signal: io.stop,
  };
}

/**
 * Whom a lookup trusts, and what it asks for: `--policy`, `--vkey`, `--require`, `--auditor`, `--max-age`.
 *
 * @throws {TransparencyError} config.malformed, and what policies throw
 */
export async function lookupTrust(flags: Flags): Promise<LookupPolicy> {
  const file = flags.text('policy');
  const vkey = flags.text('vkey');
  if ((file === undefined) === (vkey === undefined)) {
    throw malformed('--policy FILE or --vkey KEY has to say whom to trust, one of them');
  }
  const read =
    file === undefined
      ? lookupPolicyOf(policyOfVkey(vkey ?? ''), {})
      : parseLookupPolicy(await readNamedFile(file));
  const one = (name: string): string[] => {
    const text = flags.text(name);
    return text === undefined ? [] : [text];
  };
  const asked = {
    grades: one('require'),
    auditors: flags.texts('auditor'),
    maxAges: one('max-age'),
  };
  return lookupPolicyOf(read.policy, asked, read);
}

function placeOf(flags: Flags): { known?: KnownPostings; range?: IndexRange } {
  const since = integerFlag(flags, 'since');
  const range = flags.text('range');
  const given = [since, range, flags.text('known')].filter((one) => one !== undefined);
  if (given.length > 1) throw malformed('--since, --known and --range: one of them');
  if (since !== undefined) {
    return { known: { count: since, lastIndex: null, edge: since === 0 ? [] : null } };
  }
  return range === undefined ? {} : { range: indexRangeOf(range) };
}

/** The entries of `--range A:B`. @throws {TransparencyError} config.malformed */
export function indexRangeOf(range: string): IndexRange {
  const [lo, hi, more] = range.split(':').map(integerOf);
  if (lo === undefined || hi === undefined || more !== undefined || lo > hi) {
    throw malformed('--range A:B: entries A to below B');
  }
  return { lo, hi };
}

function integerFlag(flags: Flags, name: string): number | undefined {
  const text = flags.text(name);
  if (text === undefined) return undefined;
  const n = integerOf(text);
  if (n === undefined) throw malformed(`--${name}: an integer expected`);
  return n;
}

function integerOf(text: string): number | undefined {
  return /^(?:0|[1-9][0-9]{0,14})$/.test(text) ? Number(text) : undefined;
}

function tell(result: LookupResult, flags: Flags, io: CommandIo): void {
  const sentence = lookupSentence(result);
  if (flags.on('json')) {
    io.write(`${JSON.stringify(summaryOf(result, sentence))}\n`);
    return;
  }
  io.note(sentence);
  if (result.found < result.count) {
    io.note(`shown         ${result.found} of the ${result.count} under the index head`);
  }
  const { head, checkpoint } = result;
  io.note(`index head    leaf ${head.leafIndex}, over ${head.tree.size} entries`);
  io.note(`tail          ${tailOf(result)}, up to the ${checkpoint.size} of the checkpoint`);
  if (result.unmapped > 0) {
    io.note('unmapped      look up kind:unmapped and kind:nonconforming to see which they are');
  }
  for (const line of lookupNotProven(result)) io.note(`not proven    ${line}`);
}

function tailOf({ tailFound, head, mappedTo, checkpoint }: LookupResult): string {
  const entries = `${checkpoint.size - head.tree.size} entries behind it`;
  if (tailFound === null || mappedTo < checkpoint.size) return `${entries}, not read`;
  return `${entries}, read: ${tailFound} carry the key`;
}

/** Is nothing left out that the checkpoint covers and that was asked for? */
export function isComplete({ range, completeTo, checkpoint }: LookupResult): boolean {
  return completeTo >= Math.min(range?.hi ?? checkpoint.size, checkpoint.size);
}

/** What a leaf is: its text where it is one, so that nobody has to decode it. */
function lineOf({ index, entry }: LookupEntry, indexed: boolean): object {
  try {
    return { index, indexed, leaf: JSON.parse(utf8Text(entry)) };
  } catch {
    return { index, indexed, bytes: base64(entry) };
  }
}

function summaryOf(result: LookupResult, sentence: string): object {
  const { key, head, checkpoint, known, grade, tail } = result;
  return {
    holds: true,
    sentence,
    key: formatLookupKey(key),
    origin: checkpoint.origin,
    head: { leafIndex: head.leafIndex, size: head.tree.size, index: base64(head.trieRoot) },
    size: checkpoint.size,
    range: result.range,
    completeTo: result.completeTo,
    isComplete: isComplete(result),
    asOf: result.asOfSeconds,
    grade: grade.grade,
    auditors: grade.auditors,
    count: result.count,
    unmapped: result.unmapped,
    events: result.events.map((one) => lineOf(one, true)),
    tail: tail?.map((one) => lineOf(one, false)) ?? null,
    known:
      known === null
        ? null
        : { count: known.count, lastIndex: known.lastIndex, edge: known.edge?.map(base64) ?? null },
    notProven: lookupNotProven(result),
  };
}

function malformed(why: string): TransparencyError {
  return new TransparencyError('config.malformed', why);
}
