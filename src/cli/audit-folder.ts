import { logKeyOfPolicy } from '../client/client.ts';
import { utf8Text } from '../core/bytes.ts';
import { isTransparencyError } from '../core/error.ts';
import type { Policy } from '../core/policy.ts';
import type { AuditSigner } from '../event/index-audit.ts';
import { signAuditOf } from '../monitor/monitor.ts';
import { checkFolder } from './check-folder.ts';
import type { CommandIo, ExitCode } from './command.ts';
import { dataFoldersOf } from './data-folder.ts';
import type { Flags } from './flags.ts';
import { IndexCheck } from './index-check.ts';

/**
 * Audits a stopped data folder: its entries, tiles, commits and signed heads are derived anew, and every index head is
 * held to them. The line on stdout is that of a pass over a served log.
 *
 * @throws {TransparencyError} as `checkFolder`, but for index.head-mismatch, which is a finding
 */
export async function auditFolder(
  place: string,
  given: {
    readonly policy: Policy;
    readonly signer: AuditSigner | null;
    readonly flags: Flags;
    readonly io: CommandIo;
  },
): Promise<ExitCode> {
  const { policy, signer, flags, io } = given;
  const origin = logKeyOfPolicy(policy).name;
  const index = new IndexCheck(origin);
  const folders = dataFoldersOf(place, flags);
  try {
    const result = await checkFolder({ folders, policy, name: flags.text('log'), io, index });
    const { size, signed } = result;
    // An audit speaks of what the log has signed.
    const last = index.lastIn(signed);
    const findings = index.overdue.map((one) => ({ kind: 'overdue', ...one, fraud: null }));
    const note = signer === null || last === null ? null : signAuditOf(origin, last, signer);
    const lastOf = ({ leafIndex, head }: NonNullable<typeof last>): object => {
      return { leafIndex, size: head.size, index: head.index };
    };
    tell(io, { origin, size: signed, heads: index.heads, findings, note }, last && lastOf(last));
    for (const { what } of findings) io.note(`FALSE: ${what}`);
    const upTo = last === null ? 'none so far' : `the last at leaf ${last.leafIndex}`;
    io.note(`${index.heads} index heads are true, ${upTo}; ${size} entries read`);
    return findings.length > 0 ? 1 : 0;
  } catch (error) {
    if (!isTransparencyError(error, 'index.head-mismatch')) throw error;
    const leafIndex = Number(error.details['leafIndex']);
    const what = error.message.replace(/^index\.head-mismatch: /, '');
    const findings = [{ kind: 'false-head', leafIndex, what, fraud: null }];
    tell(io, { origin, size: null, heads: index.heads, findings, note: null }, null);
    io.note(`FALSE: ${what}`);
    io.note("a fraud proof is made of the log's own answers: audit it where it is served");
    return 1;
  }
}

function tell(
  io: CommandIo,
  pass: {
    readonly origin: string;
    readonly size: number | null;
    readonly heads: number;
    readonly findings: readonly object[];
    readonly note: Uint8Array | null;
  },
  last: object | null,
): void {
  const { note, ...facts } = pass;
  const line = { ...facts, last, note: note === null ? null : utf8Text(note) };
  io.write(`${JSON.stringify(line)}\n`);
}
