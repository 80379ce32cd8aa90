import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isTransparencyError } from '../core/error.ts';
import { leafHash } from '../core/hash.ts';
import { parsePolicy } from '../core/policy.ts';
import { openProofFile, parseProofFile } from '../core/proof-file.ts';
import type { CommandIo } from './command.ts';
import { type DemoWitness, runAttacker } from './demo-processes.ts';
import { DemoHost, holdersOfProofs, policyOf } from './demo-site.ts';

/** What one attack came to. Everything in it was observed, nothing was arranged. */
export interface Outcome {
  readonly isStopped: boolean;
  /** What stopped it, or what it achieved. */
  readonly what: string;
  /** Who noticed; empty: nobody. */
  readonly noticedBy: readonly string[];
}

/** The host, its witnesses, and what others kept of the time before the attacks. */
export interface Site {
  readonly dir: string;
  readonly host: DemoHost;
  readonly witnesses: readonly DemoWitness[];
  /** Checkpoints that clients verified before the attacks. */
  readonly remembered: Map<string, Uint8Array>;
  /** Checkpoints of the attacker's other histories, as others may meet them. */
  readonly met: Map<string, Uint8Array>;
}

/** End of the name of a log that nobody watches. */
export const ALONE = '-alone';

/** What came of an attack on a log that witnesses watch, and on the one that nobody does. */
export async function outcomesOf(
  log: string,
  look: (log: string) => Promise<Outcome>,
): Promise<readonly [Outcome, Outcome]> {
  return [await look(log), await look(`${log}${ALONE}`)];
}

/** Users submit; then the log has halted, or it has published a history that may be another one. */
export async function observe(site: Site, log: string, host: DemoHost): Promise<Outcome> {
  await host.submit(log, [0, 6], '-after').catch(() => []);
  const { kind, reason, detail } = await host.settle(log);
  if (kind === 'halted') return stopped(site, log, host, `halted, ${reason}: ${detail}`);
  if (kind !== 'running')
    return stopped(site, log, host, `it is ${kind}: nothing new is published`);
  return await historyOf(site, log, host);
}

async function stopped(site: Site, log: string, host: DemoHost, what: string): Promise<Outcome> {
  const { reason = '' } = await host.stand(log);
  const disputers = reason === 'evidence' ? await disputersOf(host, log) : host.disputedBy(log);
  const holders = await holdersOfProofs(site.witnesses, host.line(log).origin);
  const noticedBy = [
    ...(disputers.length > 0 ? [`witnesses ${disputers.join(', ')}`] : []),
    ...(holders.length > 0 ? [`fork proof at ${holders.join(', ')}`] : []),
  ];
  return { isStopped: true, what, noticedBy: [...(BY_REASON[reason] ?? []), ...noticedBy] };
}

/** The server tells of its witnesses once a second, and later where the machine is busy. */
async function disputersOf(host: DemoHost, log: string): Promise<readonly string[]> {
  const end = performance.now() + TOLD_WITHIN_MS;
  while (host.disputedBy(log).length === 0 && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  // Others that dispute it are told of in the same look, or the next.
  if (host.disputedBy(log).length > 0) await new Promise((resolve) => setTimeout(resolve, 300));
  return host.disputedBy(log);
}

/** Evidence that came from no witness, as from a client, is told of by none. */
const TOLD_WITHIN_MS = 10_000;

/** Who has noticed it when a log halts for that reason. */
const BY_REASON: Readonly<Record<string, readonly string[]>> = {
  corrupt: ['the hashes, when the log started'],
  'rolled-back': ['the guard, when the log started'],
  'two-writers': ['the guard'],
};

/** Is what is published now what was published before, and more? Asked by somebody who tells nobody. */
async function historyOf(site: Site, log: string, host: DemoHost): Promise<Outcome> {
  const known = site.remembered.get(log) ?? new Uint8Array(0);
  try {
    await host.reader(log, { known, tells: false }).checkpoint();
    return { isStopped: true, what: 'the history is as it was', noticedBy: [] };
  } catch (error) {
    if (!isTransparencyError(error)) throw error;
    return { isStopped: false, what: `the log runs and shows another history`, noticedBy: [] };
  }
}

/** The second host takes events of its own. The first conflict decides. */
export async function runCopies(
  site: Site,
  copies: string,
  io: CommandIo,
): Promise<readonly [Outcome, Outcome]> {
  const { dir, witnesses } = site;
  const watched = new Map([
    [copies, true],
    [`${copies}${ALONE}`, false],
  ]);
  const second = new DemoHost(join(dir, 'second'), witnesses, watched);
  io.write('3  The attacker starts a second host on a copy of data, keys and guard.\n\n');
  await second.start();
  try {
    return await outcomesOf(copies, async (log) => {
      await second.submit(log, [0, 4], '-second').catch(() => []);
      await second.settle(log, 3_000);
      const first = await observe(site, log, site.host);
      const { kind, reason, detail } = await second.settle(log);
      if (kind === 'halted' && first.noticedBy.length === 0) {
        return stopped(site, log, second, `the second host halted, ${reason}: ${detail}`);
      }
      if (kind === 'halted' || first.noticedBy.length > 0) return first;
      const other = await site.host.reader(log, { tells: false }).checkpoint();
      site.met.set(log, (await second.reader(log, { tells: false }).checkpoint()).note);
      const judge = second.reader(log, { known: other.note, tells: false });
      const isFork = await judge.checkpoint().then(
        () => false,
        () => true,
      );
      return isFork
        ? { isStopped: false, what: 'two hosts run and show two histories', noticedBy: [] }
        : first;
    });
  } finally {
    await second.stop();
  }
}

/** A forged entry with a proof that the stolen key signed. Does a verifier who has the policy believe it? */
export async function stealKey(site: Site, log: string, io: CommandIo): Promise<Outcome> {
  const { dir, host, witnesses } = site;
  const isWatched = !log.endsWith(ALONE);
  const { url, vkey, origin } = host.line(log);
  const out = join(dir, 'forged', log);
  const asked = isWatched ? witnesses.map((witness) => witness.url) : [];
  if (isWatched) io.write('4  The attacker has the private keys of the logs.\n');
  const did = await runAttacker(['forge', url, join(host.data, 'keys', log), out, ...asked]);
  io.write(`   - ${did}\n`);
  const policy = `log ${vkey}\n${isWatched ? policyOf(witnesses) : 'quorum none\n'}`;
  await writeFile(join(out, 'policy'), policy);
  const proof = new Uint8Array(await readFile(join(out, 'forged.tlog-proof')));
  const leaf = new Uint8Array(await readFile(join(out, 'forged.leaf')));
  const holders = await holdersOfProofs(witnesses, origin);
  const noticedBy = holders.length > 0 ? [`fork proof at witnesses ${holders.join(', ')}`] : [];
  site.met.set(log, parseProofFile(proof).checkpoint);
  try {
    openProofFile(proof, { leafHash: leafHash(leaf), policy: parsePolicy(policy) });
    return { isStopped: false, what: 'an offline verifier believes the forged entry', noticedBy };
  } catch (error) {
    if (!isTransparencyError(error)) throw error;
    return { isStopped: true, what: `verifiers refuse it, ${error.message}`, noticedBy };
  }
}
