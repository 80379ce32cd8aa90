import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Report } from '../e2e/report.ts';
import {
  buildJudges,
  type PublishedLog,
  runFsck,
  runJudge,
  runProofcheck,
  type Verdict,
} from './judges.ts';
import { liesAbout } from './lies.ts';
import { lyingProxy } from './lying-proxy.ts';
import { makeLog } from './make-log.ts';
import { falsePairs, makeProofs, type ProofFolder, witnessPolicy } from './proofs.ts';
import { staticServer } from './static-server.ts';

/** Sizes at the borders of tiles: one entry, a full tile and its neighbours, three levels. */
const SIZES = [1, 2, 255, 256, 257, 700, 70_000];
/** Sizes whose logs are told wrong, one bit at a time. */
const SIZES_OF_LIES = [257, 700];

const report = new Report();
const folder = mkdtempSync(join(tmpdir(), 'varve-foreign-'));
try {
  await buildJudges();
  for (const size of SIZES) {
    const made = makeLog(join(folder, `static-${size}`), size);
    const server = await staticServer(made.folder);
    const log = { ...made, url: server.url };
    await judge(`static log of ${size}`, log);
    const proofs = await makeProofs(log, join(folder, `proofs-${size}`));
    await judgeProofs(`static log of ${size}`, log, proofs, witnessPolicy(log));
    await server.close();
  }
} catch (error) {
  report.fail('the suite runs', error);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
report.finish();

/** The judges of tiles accept the log, and refuse it with one bit changed. */
async function judge(name: string, log: PublishedLog): Promise<void> {
  const keyFile = join(folder, 'vkey');
  writeFileSync(keyFile, log.vkey);
  await accepts(`tlog accepts the ${name}`, () => runJudge(log));
  await accepts(`tessera-fsck accepts the ${name}`, () => runFsck(log, keyFile, 120_000));
  if (!SIZES_OF_LIES.includes(log.size)) return;

  const proxy = await lyingProxy(log.url);
  const told: PublishedLog = { ...log, url: proxy.url };
  for (const lie of await liesAbout(log)) {
    const wrong = `${name} with one bit changed: ${lie.kind}`;
    const lied = async (verdict: () => Promise<Verdict>) => {
      proxy.lie = lie;
      proxy.told = 0;
      const said = await verdict();
      if (proxy.told === 0) throw new Error(`${lie.path} was not read`);
      return said;
    };
    await refuses(`tlog refuses the ${wrong}`, () => lied(() => runJudge(told)));
    await refuses(`tessera-fsck refuses the ${wrong}`, () =>
      lied(() => runFsck(told, keyFile, 5_000)),
    );
  }
  // The same way without a lie is accepted: what was refused was the bit, not the proxy.
  proxy.lie = null;
  await accepts(`tlog accepts the ${name} repeated without a change`, () => runJudge(told));
  await proxy.close();
}

/** The judge of proof files accepts them, and refuses one with one bit changed. */
async function judgeProofs(
  name: string,
  log: PublishedLog,
  proofs: ProofFolder,
  policy?: string,
): Promise<void> {
  const policyFile = join(folder, 'policy');
  if (policy !== undefined) writeFileSync(policyFile, policy);
  const trust = policy === undefined ? {} : { policyFile };
  await accepts(`formats/proof accepts the proof files of the ${name}`, () =>
    runProofcheck(log, { ...proofs, ...trust }),
  );
  if (!SIZES_OF_LIES.includes(log.size)) return;
  for (const pair of falsePairs(proofs)) {
    await refuses(
      `formats/proof refuses a proof file of the ${name} with one bit changed: ${pair.kind}`,
      () => runProofcheck(log, { folder: pair.folder, count: 1, ...trust }),
    );
  }
}

async function accepts(name: string, verdict: () => Promise<Verdict>): Promise<void> {
  await report.check(name, async () => {
    const { accepted, said } = await verdict();
    if (!accepted) throw new Error(said);
    return said;
  });
}

async function refuses(name: string, verdict: () => Promise<Verdict>): Promise<void> {
  await report.check(name, async () => {
    const { accepted, said } = await verdict();
    if (accepted) throw new Error(`accepted: ${said}`);
    return said;
  });
}
