/*
 * The upgrade path of an event: `npm run test:upgrade`. A receipt, then a proof, then the same entry's proof under a later
 * cosigned head: all of them verified offline, by `varve verify` and by formats/proof in Go, with a policy of witnesses.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLogClient, openSubmitter, proveReceipt } from '../../src/client/client.ts';
import { parseBase64 } from '../../src/core/base64.ts';
import { equalBytes, utf8 } from '../../src/core/bytes.ts';
import { leafHash } from '../../src/core/hash.ts';
import { parsePolicy } from '../../src/core/policy.ts';
import { formatLeaf } from '../../src/event/leaf.ts';
import { checkReceipt, formatReceipt, parseReceipt } from '../../src/event/receipt.ts';
import { parseSubmission } from '../../src/event/submission.ts';
import { eventOf } from '../e2e/events.ts';
import { HostProcess, witnessSite } from '../e2e/forks/site.ts';
import { run } from '../e2e/run.ts';
import { VARVE } from '../e2e/server.ts';
import { openSuite } from '../e2e/suite.ts';
import { buildJudges, type PublishedLog, runProofcheck } from './judges.ts';

const LOG = 'main';
const { report, folder: work, play } = openSuite('upgrade');
await play(async () => {
  await buildJudges();
  const upgrade = await upgraded();
  // Whatever follows reads files alone: the server and its witnesses are gone.
  await report.check('the receipt spells the leaf, offline', () => receiptHolds(upgrade));
  await report.check('varve verify accepts both proofs offline', () => verifies(upgrade));
  await report.check('formats/proof accepts both proofs offline', () => goVerifies(upgrade));
  await report.check('both refuse them under a policy of other witnesses', () => refused(upgrade));
  await report.check('both refuse them for another leaf', () => refusedLeaf(upgrade));
});

/** What a submitter has in hand in the end: files. */
interface Upgrade {
  readonly log: PublishedLog;
  readonly item: Uint8Array;
  readonly receiptFile: string;
  /** Pairs `first` and `later` of proof and leaf. */
  readonly folder: string;
  readonly policyFile: string;
  /** Asks for a witness that never saw the log. */
  readonly otherPolicyFile: string;
}

async function upgraded(): Promise<Upgrade> {
  const site = await witnessSite(work);
  const host = new HostProcess(join(work, 'data'), site, [{ name: LOG, isWitnessed: true }]);
  try {
    await host.start();
    const [url, vkey] = [host.url(LOG), host.vkey(LOG)];
    await site.enrol([vkey]);
    const policyText = `log ${vkey} ${url}\n${readFileSync(site.policyFile(LOG), 'utf8')}`;
    const policyFile = join(work, 'policy');
    writeFileSync(policyFile, policyText);
    const client = openLogClient({ url, policy: parsePolicy(policyText) });
    const item = utf8(eventOf(LOG, 'upgrade', 1));
    const [result] = await openSubmitter({ url, reader: client }).submit([item]);
    if (result?.kind !== 'receipt') throw new Error(`the event was answered with ${result?.kind}`);
    const receiptFile = join(work, 'receipt.json');
    writeFileSync(receiptFile, formatReceipt(result.receipt));
    const folder = join(work, 'proofs');
    mkdirSync(folder);
    const keep = async (name: string): Promise<number> => {
      const { bytes, proven } = await proveReceipt(client, result.receipt);
      writeFileSync(join(folder, `${name}.tlog-proof`), bytes);
      writeFileSync(join(folder, `${name}.leaf`), await client.entry(result.receipt.index));
      return proven.checkpoint.size;
    };
    const first = await keep('first');
    await host.publish(LOG, 600);
    const later = await keep('later');
    if (later <= first) throw new Error(`sizes ${first} and ${later}`);
    await host.stop();
    const log = { url, vkey, origin: client.origin, size: later };
    const otherPolicyFile = join(work, 'other-policy');
    writeFileSync(otherPolicyFile, withOtherKeys(policyText));
    return { log, item, receiptFile, folder, policyFile, otherPolicyFile };
  } finally {
    await host.kill();
    await site.close();
  }
}

/** The same log, and a witness that never saw it. */
function withOtherKeys(policy: string): string {
  const other = 'witness.test+61c1f3c7+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU';
  const lines = policy.split('\n').filter((line) => !/^(witness|group|quorum)/.test(line));
  return [...lines, `witness w0 ${other} https://witness.test`, 'quorum w0', ''].join('\n');
}

function receiptHolds({ item, receiptFile, folder }: Upgrade): string {
  const receipt = parseReceipt(new Uint8Array(readFileSync(receiptFile)));
  const submission = parseSubmission(item);
  checkReceipt(receipt, submission);
  const { event, sig } = submission;
  const leaf = formatLeaf({ eventCanonical: event.canonical, recv: receipt.recv, sig });
  const isSame = equalBytes(leaf, new Uint8Array(readFileSync(join(folder, 'first.leaf'))));
  if (!isSame || !equalBytes(leafHash(leaf), parseBase64(receipt.leafHash))) {
    throw new Error('the receipt spells another leaf');
  }
  return `entry ${receipt.index}, ${leaf.length} bytes`;
}

function verify(upgrade: Upgrade, name: string, policyFile: string): ReturnType<typeof run> {
  const pair = join(upgrade.folder, name);
  const args = ['verify', `${pair}.tlog-proof`, '--leaf', `${pair}.leaf`, '--policy', policyFile];
  return run(process.execPath, [...VARVE, ...args, '--json'], { limitMs: 30_000 });
}

async function verifies(upgrade: Upgrade): Promise<string> {
  const verdicts = [];
  for (const name of ['first', 'later']) {
    const { code, stdout, stderr } = await verify(upgrade, name, upgrade.policyFile);
    if (code !== 0) throw new Error(`${name}: exit code ${code}: ${stdout}${stderr}`);
    verdicts.push(
      JSON.parse(stdout) as { index: number; leafHash: string; treeSize: number; notAfter: string },
    );
  }
  const [first, later] = verdicts;
  if (first?.leafHash !== later?.leafHash || first?.index !== later?.index) {
    throw new Error('the proofs are of two entries');
  }
  if (first?.notAfter === null || later?.notAfter === null) throw new Error('no time is proven');
  return `entry ${first?.index} in trees of ${first?.treeSize} and ${later?.treeSize}, not after ${first?.notAfter}`;
}

async function goVerifies({ log, folder, policyFile }: Upgrade): Promise<string> {
  const { accepted, said } = await runProofcheck(log, { folder, count: 2, policyFile });
  if (!accepted) throw new Error(said);
  return said;
}

async function refused(upgrade: Upgrade): Promise<string> {
  const { log, folder, otherPolicyFile } = upgrade;
  for (const name of ['first', 'later']) {
    const { code, stdout } = await verify(upgrade, name, otherPolicyFile);
    if (code !== 1 || !stdout.includes('policy.quorum-not-met')) throw new Error(stdout);
  }
  const go = await runProofcheck(log, { folder, count: 2, policyFile: otherPolicyFile });
  if (go.accepted) throw new Error(go.said);
  return go.said;
}

async function refusedLeaf(upgrade: Upgrade): Promise<string> {
  const { log, folder, policyFile } = upgrade;
  for (const name of ['first', 'later']) {
    const leaf = new Uint8Array(readFileSync(join(folder, `${name}.leaf`)));
    leaf[leaf.length - 1] = (leaf.at(-1) ?? 0) ^ 1;
    writeFileSync(join(folder, `${name}.leaf`), leaf);
    const { code, stdout } = await verify(upgrade, name, policyFile);
    if (code !== 1 || !stdout.includes('inclusion.mismatch')) throw new Error(stdout);
  }
  const go = await runProofcheck(log, { folder, count: 2, policyFile });
  if (go.accepted) throw new Error(go.said);
  return go.said;
}
