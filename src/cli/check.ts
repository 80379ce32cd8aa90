import { stat } from 'node:fs/promises';
import { openLogClient } from '../client/client.ts';
import { httpTiles } from '../client/http-tiles.ts';
import { type AuditReport, auditTree } from '../core/audit.ts';
import { base64 } from '../core/base64.ts';
import { type ErrorCode, isTransparencyError } from '../core/error.ts';
import { checkFolder } from './check-folder.ts';
import type { Command, CommandIo, ExitCode } from './command.ts';
import { type Flags, parseFlags } from './flags.ts';
import { checkUrl } from './submit.ts';
import { requireTrust, TRUST_FLAGS } from './trust-flags.ts';

/** `varve check` */
export const check: Command = {
  name: 'check',
  summary: 'derive a whole log anew from its entries, and name the first lie',
  help: `varve check URL --vkey KEY|--policy FILE [--json]
varve check DIR --vkey KEY [--log NAME] [--json]

Reads every entry and derives every leaf hash, every tile of every level and
the root anew; holds the log's tiles and its signed checkpoint to them. Exits
with 1 at the first difference, and says where it is.

  URL          a log that is served: http://127.0.0.1:6962/main
  DIR          a data folder whose server is stopped; its rows are checked too:
               the chain of commits, the stored heads, what is known of ids
  --log NAME   which log of the folder; default: the one of that key
  --vkey KEY   the key of the log      --policy FILE  or its policy
  --json       print the result as JSON
`,
  async run(args, io) {
    const flags = parseFlags(args, {
      text: ['log', ...TRUST_FLAGS],
      on: ['json'],
      operands: [1, 1],
    });
    const [place = ''] = flags.operands;
    const isFolder = !/^https?:/.test(place) && (await isDirectory(place));
    if (!isFolder) checkUrl(place);
    const policy = await requireTrust(flags);
    try {
      const result = isFolder
        ? await checkFolder(place, { policy, name: flags.text('log'), io })
        : await checkUrlOf(place, { policy, io });
      tell(result, flags, io);
      return 0;
    } catch (error) {
      if (!isTransparencyError(error) || COULD_NOT_RUN.has(error.code)) throw error;
      return tellLie(error.code, error.message, flags, io);
    }
  },
};

/** What was derived anew, and of what. */
export interface CheckResult {
  readonly origin: string;
  readonly size: number;
  readonly rootHash: Uint8Array;
  readonly report: AuditReport;
  /** What else was checked, for a person. */
  readonly also: readonly string[];
}

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

async function checkUrlOf(
  url: string,
  options: {
    readonly policy: Parameters<typeof openLogClient>[0]['policy'];
    readonly io: CommandIo;
  },
): Promise<CheckResult> {
  const { policy, io } = options;
  const client = openLogClient({ url, policy, fetch: io.fetch });
  const head = await client.checkpoint(io.stop);
  // Raw, not authenticated: the audit itself finds out which of tile and entry is the lie.
  const source = httpTiles({ url, fetch: io.fetch });
  const report = await auditTree({ tiles: source, bundles: source }, head, {
    signal: io.stop,
    onProgress: ({ size }) => io.progress(`${size} of ${head.size} entries`),
  });
  return { origin: head.origin, size: head.size, rootHash: head.rootHash, report, also: [] };
}

function tell(result: CheckResult, flags: Flags, io: CommandIo): void {
  const { origin, size, rootHash, report, also } = result;
  if (flags.on('json')) {
    const { entries, entryBytes, bundles, tiles } = report;
    const told = { holds: true, origin, size, rootHash: base64(rootHash) };
    io.write(`${JSON.stringify({ ...told, entries, entryBytes, bundles, tiles, also })}\n`);
    return;
  }
  io.write(`HOLDS       ${origin}, its signed tree of ${size} entries\n`);
  io.write(`root hash   ${base64(rootHash)}\n`);
  io.write(
    `derived     ${report.entries} entries of ${report.entryBytes} bytes in ${report.bundles} bundles, ${report.tiles} tiles, the root\n`,
  );
  for (const line of also) io.write(`also        ${line}\n`);
  io.write(
    'not proven  that the log shows everybody this tree, or that its sources told the truth\n',
  );
}

function tellLie(code: ErrorCode, message: string, flags: Flags, io: CommandIo): ExitCode {
  if (flags.on('json')) io.write(`${JSON.stringify({ holds: false, code, why: message })}\n`);
  else io.note(`DOES NOT HOLD: ${message}`);
  return 1;
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
