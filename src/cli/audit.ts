import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { logKeyOfPolicy } from '../client/client.ts';
import { base64 } from '../core/base64.ts';
import { utf8Text } from '../core/bytes.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import type { AuditSigner } from '../event/index-audit.ts';
import { checkIndexFraud } from '../event/index-fraud.ts';
import { IndexAuditor, type IndexAuditReport, postAudit } from '../monitor/monitor.ts';
import { auditFolder } from './audit-folder.ts';
import { auditVkey, createAuditKey, readAuditKey } from './audit-keys.ts';
import type { Command, CommandIo, ExitCode } from './command.ts';
import { DATA_FOLDER_FLAGS, isDataFolder } from './data-folder.ts';
import { type Flags, parseFlags } from './flags.ts';
import { readNamedFile } from './named-file.ts';
import { openRemembering, SEEN_FLAGS } from './seen-file.ts';
import { checkUrl } from './submit.ts';
import { fetchWithToken } from './token-fetch.ts';
import { requireTrust, TRUST_FLAGS } from './trust-flags.ts';

/** `varve audit` */
export const audit: Command = {
  name: 'audit',
  summary: 'replay a log, hold every index head to it, sign audit notes',
  help: `varve audit URL --policy FILE|--vkey KEY [--key DIR [--post]]
            [--fraud DIR] [--follow SECONDS] [--seen FILE]
varve audit DIR --policy FILE|--vkey KEY [--key DIR] [--log NAME] [--keys DIR]
            [--guard DIR]
varve audit keys --key DIR [--name NAME]
varve audit verify FILE --vkey KEY|--policy FILE

Reads the whole log once, in order, and compares every index head with what
its entries make. Prints a line of JSON for each pass: what was found, and the
signed note of the last true head. Exits with 1 if a head is false or overdue.
An audit speaks for every head up to its own. 'verify' checks a fraud proof
with the log's key alone, and says what it shows.

  URL            a log that is served: http://127.0.0.1:6962/main
  DIR            a data folder whose server is stopped. Does all that 'varve
                 check' does; --log, --keys and --guard are as there
  --key DIR      the auditor's key, of which 'keys' makes one: it signs nothing
                 else, and is no witness's. Without it nothing is signed
  --post         post the note to the log, which shows it beside its heads
  --fraud DIR    where fraud proofs are written; default: the current folder
  --follow S     go on: a pass every S seconds, until it is stopped
  --seen FILE    of a URL: remembers its highest checkpoint from one run to the
                 next; a log that went back, or forked, is refused and told so
  --name NAME    name of a new key; default localhost/auditor
  --policy FILE  whose log, which witnesses     --vkey KEY  instead: its key
`,
  async run(args, io) {
    const flags = parseFlags(args, {
      text: ['key', 'fraud', 'follow', 'name', ...DATA_FOLDER_FLAGS, ...TRUST_FLAGS, ...SEEN_FLAGS],
      on: ['post'],
      operands: [1, 2],
    });
    const [what = '', file] = flags.operands;
    if (what === 'keys') return await showKey(flags, io);
    if (what === 'verify') return await verifyFraud(file, flags, io);
    if (file !== undefined) throw malformed(`'${file}' is one operand too many`);
    return await auditPlace(what, flags, io);
  },
};

async function auditPlace(place: string, flags: Flags, io: CommandIo): Promise<ExitCode> {
  const isFolder = await isDataFolder(place);
  for (const name of isFolder ? ['fraud', 'follow', 'seen'] : DATA_FOLDER_FLAGS) {
    if (flags.text(name) === undefined) continue;
    throw malformed(`--${name}: not for a ${isFolder ? 'data folder' : 'log that is served'}`);
  }
  if (isFolder && flags.on('post')) throw malformed('--post: a data folder takes no notes');
  if (!isFolder) checkUrl(place);
  const policy = await requireTrust(flags);
  const dir = flags.text('key');
  const signer = dir === undefined ? null : await readAuditKey(dir);
  if (signer !== null) {
    checkNoWitness(
      signer,
      policy.witnesses.map(({ key }) => key.publicKey),
    );
  }
  if (isFolder) return await auditFolder(place, { policy, signer, flags, io });
  return await auditLog(place, { policy, signer, flags, io });
}

async function auditLog(url: string, given: Parameters<typeof auditFolder>[1]): Promise<ExitCode> {
  const { policy, signer, flags, io } = given;
  if (flags.on('post') && signer === null) {
    throw malformed('--post: without --key nothing is signed');
  }
  const fetch = fetchWithToken(io);
  const location = { url, fetch };
  const { client, keep } = await openRemembering({ url, policy, fetch }, flags, io);
  const auditor = new IndexAuditor({
    client,
    location,
    signer,
    signal: io.stop,
    onProgress: (done, of) => io.progress(`${done} of ${of} entries`),
  });
  const seconds = secondsOf(flags.text('follow'));
  let isClean = true;
  for (;;) {
    const report = await auditor.pass().finally(keep);
    if (report.findings.length > 0) isClean = false;
    if (report.note !== null && flags.on('post')) await postAudit(location, report.note);
    const files = await writeFrauds(report, flags.text('fraud') ?? '.');
    io.write(`${JSON.stringify(lineOf(report, files))}\n`);
    tell(report, io);
    if (seconds === null || io.stop.aborted) return isClean ? 0 : 1;
    await sleepFor(seconds * 1000, undefined, { signal: io.stop }).catch(() => undefined);
    if (io.stop.aborted) return isClean ? 0 : 1;
  }
}

function lineOf(report: IndexAuditReport, files: readonly (string | null)[]): object {
  const { checkpoint, heads, last, findings, note } = report;
  return {
    origin: checkpoint.origin,
    size: checkpoint.size,
    heads,
    last:
      last === null
        ? null
        : { leafIndex: last.leafIndex, size: last.head.size, index: last.head.index },
    findings: findings.map(({ kind, leafIndex, what }, i) => {
      return { kind, leafIndex, what, fraud: files[i] ?? null };
    }),
    note: note === null ? null : utf8Text(note),
  };
}

function tell({ checkpoint, heads, last, findings }: IndexAuditReport, io: CommandIo): void {
  for (const { what } of findings) io.note(`FALSE: ${what}`);
  const upTo = last === null ? 'none so far' : `the last at leaf ${last.leafIndex}`;
  io.note(`${heads} more index heads are true, ${upTo}; ${checkpoint.size} entries read`);
}

async function writeFrauds(
  { findings }: IndexAuditReport,
  dir: string,
): Promise<readonly (string | null)[]> {
  const files: (string | null)[] = [];
  for (const finding of findings) {
    const fraud = finding.kind === 'false-head' ? finding.fraud : null;
    const file = fraud === null ? null : join(dir, `index-fraud-${finding.leafIndex}.json`);
    if (fraud !== null && file !== null) {
      await mkdir(dir, { recursive: true });
      await writeFile(file, fraud, { flush: true });
    }
    files.push(file);
  }
  return files;
}

async function showKey(flags: Flags, io: CommandIo): Promise<ExitCode> {
  const dir = flags.text('key');
  if (dir === undefined) throw malformed('--key DIR: which folder');
  const name = flags.text('name');
  const known = await keyOrNull(dir);
  if (known !== null && name !== undefined && name !== known.name) {
    throw malformed(`the key in ${dir} is that of ${known.name}`);
  }
  if (known === null) await createAuditKey(dir, name ?? 'localhost/auditor');
  const signer = await readAuditKey(dir);
  const vkey = auditVkey(signer);
  io.write(`${JSON.stringify({ name: signer.name, vkey, isNew: known === null })}\n`);
  io.note(`for policies: #varve index-auditor ${vkey}`);
  return 0;
}

async function keyOrNull(dir: string): Promise<AuditSigner | null> {
  try {
    return await readAuditKey(dir);
  } catch (error) {
    if (isTransparencyError(error, 'keys.missing')) return null;
    throw error;
  }
}

async function verifyFraud(
  file: string | undefined,
  flags: Flags,
  io: CommandIo,
): Promise<ExitCode> {
  if (file === undefined) throw malformed('verify FILE: which file');
  const logKey = logKeyOfPolicy(await requireTrust(flags));
  const bytes = await readNamedFile(file);
  try {
    const shown = checkIndexFraud(bytes, logKey);
    io.write(`${JSON.stringify({ proves: true, ...shown })}\n`);
    io.note(`PROVES: ${shown.what}. The log signed it.`);
    return 0;
  } catch (error) {
    if (!isTransparencyError(error)) throw error;
    io.write(`${JSON.stringify({ proves: false, code: error.code, why: error.message })}\n`);
    io.note(`PROVES NOTHING: ${error.message}`);
    return 1;
  }
}

function checkNoWitness(signer: AuditSigner, witnesses: readonly Uint8Array[]): void {
  const own = base64(signer.ed25519PublicKey);
  if (witnesses.some((key) => base64(key) === own)) {
    throw malformed('the key is that of a witness: an auditor has one of its own');
  }
}

function secondsOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^[1-9][0-9]{0,5}$/.test(text)) return Number(text);
  throw malformed('--follow SECONDS: a number from 1 on');
}

function malformed(why: string): TransparencyError {
  return new TransparencyError('config.malformed', why);
}
