import { httpTiles } from '../client/http-tiles.ts';
import { auditTree } from '../core/audit.ts';
import { base64 } from '../core/base64.ts';
import { type ErrorCode, isTransparencyError, TransparencyError } from '../core/error.ts';
import type { Policy } from '../core/policy.ts';
import { checkFolder } from './check-folder.ts';
import type { CheckResult } from './check-result.ts';
import type { Command, CommandIo } from './command.ts';
import { DATA_FOLDER_FLAGS, dataFoldersOf, isDataFolder } from './data-folder.ts';
import { type Flags, parseFlags } from './flags.ts';
import { IndexCheck } from './index-check.ts';
import { tellNotHeld } from './not-held.ts';
import { openRemembering, SEEN_FLAGS } from './seen-file.ts';
import { checkUrl } from './submit.ts';
import { fetchWithToken } from './token-fetch.ts';
import { requireTrust, TRUST_FLAGS } from './trust-flags.ts';

/** `varve check` */
export const check: Command = {
  name: 'check',
  summary: 'derive a whole log anew from its entries, and name the first lie',
  help: `varve check URL --vkey KEY|--policy FILE [--seen FILE] [--json]
varve check DIR --vkey KEY|--policy FILE [--log NAME] [--keys DIR] [--guard DIR]
            [--json]

Reads every entry and derives every leaf hash, every tile of every level and
the root anew; holds the log's tiles, its signed checkpoint and its index heads
to them. Exits with 1 at the first difference, and says where it is.

  URL            a log that is served: http://127.0.0.1:6962/main
  DIR            a data folder whose server is stopped. Its rows are checked
                 too: the chain of commits, every stored head, the rows by which
                 events are recognised, the guard. LevelDB tidies its files when
                 they are opened: check a copy where they are evidence
  --log NAME     which log of the folder; default: the one of that key
  --keys DIR     where keys and guard are, if not in DIR
  --guard DIR
  --vkey KEY     the key of the log      --policy FILE  or its policy
  --seen FILE    of a URL: remembers its highest checkpoint from one run to the
                 next; a log that went back, or forked, is refused and told so
  --json         print the result as JSON

Variable: VARVE_TOKEN, a token with the role audit, where one is asked for
`,
  async run(args, io) {
    const flags = parseFlags(args, {
      text: [...DATA_FOLDER_FLAGS, ...TRUST_FLAGS, ...SEEN_FLAGS],
      on: ['json'],
      operands: [1, 1],
    });
    const [place = ''] = flags.operands;
    const isFolder = await isDataFolder(place);
    if (!isFolder) checkUrl(place);
    else if (flags.text('seen') !== undefined) {
      throw new TransparencyError('config.malformed', '--seen is for a log that is served');
    }
    const policy = await requireTrust(flags);
    try {
      const result = isFolder
        ? await checkFolder({
            folders: dataFoldersOf(place, flags),
            policy,
            name: flags.text('log'),
            io,
          })
        : await checkServed(place, { policy, flags, io });
      tell(result, flags, io);
      return 0;
    } catch (error) {
      if (!isTransparencyError(error) || COULD_NOT_RUN.has(error.code)) throw error;
      return tellNotHeld(error, flags, io);
    }
  },
};

/** These are not the log's lies: it could not be read, or the command line names something else. */
const COULD_NOT_RUN: ReadonlySet<ErrorCode> = new Set([
  'reply.unreachable',
  'reply.timeout',
  'reply.status',
  'config.malformed',
  'policy.malformed',
  'store.locked',
  'store.failed',
  'keys.missing',
  'checkpoint.not-found',
]);

async function checkServed(
  url: string,
  options: { readonly policy: Policy; readonly flags: Flags; readonly io: CommandIo },
): Promise<CheckResult> {
  const { policy, flags, io } = options;
  const fetch = fetchWithToken(io);
  const { client, keep } = await openRemembering({ url, policy, fetch }, flags, io);
  const head = await client.checkpoint(io.stop).finally(keep);
  // Raw, not authenticated: the audit itself finds out which of tile and entry is the lie.
  const source = httpTiles({ url, fetch });
  const index = new IndexCheck(head.origin);
  const derived = await auditTree({ tiles: source, bundles: source }, head, {
    signal: io.stop,
    onEntries(_, entries) {
      for (const entry of entries) index.take(entry);
    },
    onProgress: ({ size }) => io.progress(`${size} of ${head.size} entries`),
  });
  const { origin, size, rootHash } = head;
  return {
    origin,
    size,
    signed: size,
    rootHash,
    derived,
    also: ['the checkpoint that the log signed', ...index.also],
    notChecked: [],
  };
}

function tell(result: CheckResult, flags: Flags, io: CommandIo): void {
  const { origin, size, rootHash, derived, also, notChecked } = result;
  const { entries, entryBytes, bundles, tiles } = derived;
  if (flags.on('json')) {
    const told = { holds: true, origin, size, rootHash: base64(rootHash) };
    const counts = { entries, entryBytes, bundles, tiles };
    io.write(`${JSON.stringify({ ...told, ...counts, also, notChecked })}\n`);
    return;
  }
  const lines = [
    ['HOLDS', `${origin}, its tree of ${size} entries`],
    ['root hash', base64(rootHash)],
    [
      'derived',
      `${entries} entries of ${entryBytes} bytes in ${bundles} bundles, ${tiles} tiles, the root`,
    ],
    ...also.map((line) => ['held to it', line]),
    ...notChecked.map((line) => ['not checked', line]),
    ['not proven', 'that the log shows everybody this tree, or that its sources told the truth'],
  ];
  io.write(lines.map(([label = '', text = '']) => `${label.padEnd(12)} ${text}\n`).join(''));
}
