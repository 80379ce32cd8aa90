import { type LookupResult, lookup as lookUp } from '../client/lookup-client.ts';
import { isAtLeast } from '../client/lookup-policy.ts';
import { lookupNotProven, lookupSentence } from '../client/lookup-words.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { parseLeaf } from '../event/leaf.ts';
import { parseLookupKey } from '../event/map.ts';
import { judgeDigestSignature } from '../ingest/ingest.ts';
import {
  DIGEST_RULES,
  type DigestFinding,
  type DigestOptions,
  type DigestReport,
  digestReport,
  SOURCE_RULES,
  type SourceEntry,
  type SourceFinding,
  type SourceReport,
  sourceReport,
} from '../monitor/monitor.ts';
import { type Command, type CommandIo, exitCodeOf } from './command.ts';
import { readEmitterKeys } from './emitter-keys.ts';
import { type Flags, parseFlags } from './flags.ts';
import { indexRangeOf, isComplete, lookupAccess, lookupTrust } from './lookup.ts';
import { tellNotHeld } from './not-held.ts';
import { checkUrl } from './submit.ts';

/** Sources that are judged together, at most. */
const SOURCES_MAX = 64;
/** Their events, at most: all are held at once. */
const EVENTS_MAX = 200_000;
const RULES: readonly string[] = [...SOURCE_RULES, ...DIGEST_RULES];

/** `varve source` */
export const source: Command = {
  name: 'source',
  summary: 'what is missing, reordered or broken in all that a source sent',
  help: `varve source URL SOURCE... --policy FILE|--vkey VKEY [--require GRADE]
             [--auditor VKEY]... [--replay] [--max-age S] [--range A:B]
             [--digests] [--emitter-keys FILE] [--accept RULE]... [--json]

Looks up all events of a source, as varve lookup does, and holds them to each
other: its numbers, the links from each event to the one before it, its times;
of CloudTrail the chain of digests, and the files of records that they list.
Prints a line of JSON for each finding, with the leaves that show it. Exits
with 0 only if all is proven and nothing was found, with 1 if not, with 2 if it
could not try.

  SOURCE         id of a source. A trail of CloudTrail has one for each account
                 and region, aws:cloudtrail:111122223333:eu-west-1; name all of
                 them that share files
  --digests      that no digest of CloudTrail came is a finding
  --emitter-keys FILE
                 judge the signatures of digests anew, by these keys, and do not
                 take the log's word; the file is that of varve serve
  --accept RULE  tell findings of this rule, and do not exit with 1 for them
  --range A:B    only entries A to below B; of more than ${EVENTS_MAX} events
                 only some can be judged at once
  --json         print one JSON object instead
  --policy, --vkey, --require, --auditor, --replay, --max-age
                 as of varve lookup

Rules, of any source: ${wrapped(SOURCE_RULES)}
Of CloudTrail: ${wrapped(DIGEST_RULES)}
`,
  async run(args, io) {
    const flags = parseFlags(args, {
      text: ['policy', 'vkey', 'require', 'max-age', 'range', 'emitter-keys'],
      texts: ['auditor', 'accept'],
      on: ['replay', 'digests', 'json'],
      operands: [2, 1 + SOURCES_MAX],
    });
    const [url = '', ...sources] = flags.operands;
    checkUrl(url);
    const accepted = flags.texts('accept');
    for (const rule of accepted) {
      if (!RULES.includes(rule)) throw malformed(`--accept ${rule}: no such rule`);
    }
    const digests = await digestOptions(flags);
    try {
      const found = await lookUpAll(url, new Set(sources), { flags, io });
      const judged = judge(found, digests);
      const counting = judged.findings.filter(({ rule }) => !accepted.includes(rule)).length;
      tell(judged, { flags, io, counting });
      return counting === 0 && found.every(({ isProven }) => isProven) ? 0 : 1;
    } catch (error) {
      if (!isTransparencyError(error) || exitCodeOf(error) !== 1) throw error;
      return tellNotHeld(error, flags, io);
    }
  },
};

/** All events of one source. */
interface Found {
  readonly source: string;
  readonly result: LookupResult;
  readonly entries: readonly SourceEntry[];
  /** Is the grade what is asked for, and nothing left out? */
  readonly isProven: boolean;
}

async function lookUpAll(
  url: string,
  sources: ReadonlySet<string>,
  { flags, io }: { readonly flags: Flags; readonly io: CommandIo },
): Promise<readonly Found[]> {
  const policy = await lookupTrust(flags);
  const access = lookupAccess(url, { policy, flags, io });
  const range = flags.text('range');
  const all: Found[] = [];
  let count = 0;
  for (const id of sources) {
    const entries: SourceEntry[] = [];
    const options = {
      ...access,
      onProgress: (what: string, done: number, of: number) =>
        io.progress(`${id}, ${what}: ${done} of ${of}`),
      onEvent: ({ index, entry }: { readonly index: number; readonly entry: Uint8Array }) => {
        const leaf = parseLeaf(entry);
        if (leaf.v === 'nhi.leaf/1') entries.push({ index, leaf });
        count += 1;
        if (count > EVENTS_MAX) throw malformed(`more than ${EVENTS_MAX} events: give --range`);
      },
    };
    const key = parseLookupKey(`source:${id}`);
    const place = range === undefined ? {} : { range: indexRangeOf(range) };
    const result = await lookUp(options, { key, ...place });
    const isProven = isAtLeast(result.grade.grade, policy.grade) && isComplete(result);
    all.push({ source: id, result, entries, isProven });
  }
  return all;
}

async function digestOptions(flags: Flags): Promise<DigestOptions> {
  const expected = flags.on('digests');
  const file = flags.text('emitter-keys');
  if (file === undefined) return { expected };
  const trust = await readEmitterKeys(file);
  return { expected, judge: (claim) => judgeDigestSignature(claim, trust) };
}

/** What the events of all sources came to. */
interface Judged {
  readonly sources: readonly { readonly found: Found; readonly report: SourceReport }[];
  readonly digests: DigestReport;
  /** Of all. */
  readonly findings: readonly (SourceFinding | DigestFinding)[];
}

function judge(found: readonly Found[], options: DigestOptions): Judged {
  const sources = found.map((one) => ({ found: one, report: sourceReport(one.entries) }));
  const entries = found.flatMap((one) => one.entries).sort((a, b) => a.index - b.index);
  const digests = digestReport(entries, options);
  const findings = [...sources.flatMap(({ report }) => report.findings), ...digests.findings];
  return { sources, digests, findings };
}

function tell(
  { sources, digests, findings }: Judged,
  to: { readonly flags: Flags; readonly io: CommandIo; readonly counting: number },
): void {
  const { flags, io, counting } = to;
  const notProven = new Set([
    ...sources.flatMap(({ found }) => lookupNotProven(found.result)),
    ...sources.flatMap(({ report }) => report.notProven),
    ...digests.notProven,
  ]);
  if (flags.on('json')) {
    const line = {
      holds: counting === 0 && sources.every(({ found }) => found.isProven),
      sources: sources.map(({ found, report }) => ({
        source: found.source,
        sentence: lookupSentence(found.result),
        isProven: found.isProven,
        events: found.entries.length,
        unnumbered: report.unnumbered,
        epochs: report.epochs,
      })),
      digests: { chains: digests.chains, files: digests.files },
      findings,
      notProven: [...notProven],
    };
    io.write(`${JSON.stringify(line)}\n`);
    return;
  }
  for (const finding of findings) io.write(`${JSON.stringify(finding)}\n`);
  for (const { found } of sources) {
    io.note(lookupSentence(found.result));
    if (!found.isProven) io.note(`NOT PROVEN: ${found.source}: not the grade, or not all of it`);
  }
  for (const { name, digests: count, from, to: end } of digests.chains) {
    io.note(`chain         ${name}: ${count} digests, to ${end} from ${from}`);
  }
  const { listed, came, waiting } = digests.files;
  if (listed + waiting > 0) {
    io.note(`files         ${came} of the ${listed} listed came; ${waiting} are not listed yet`);
  }
  const accepted = findings.length - counting;
  io.note(`findings      ${counting}${accepted > 0 ? `, and ${accepted} that are accepted` : ''}`);
  for (const line of notProven) io.note(`not proven    ${line}`);
}

/** Words in lines of a help text. */
function wrapped(words: readonly string[]): string {
  const lines = [''];
  for (const word of words) {
    if ((lines.at(-1) ?? '').length + word.length > 70) lines.push('');
    lines.push(`${lines.pop()} ${word}`);
  }
  return lines.map((line) => `\n ${line}`).join('');
}

function malformed(why: string): TransparencyError {
  return new TransparencyError('config.malformed', why);
}
