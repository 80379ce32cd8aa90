import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fillLog, fillOpaqueLog } from '../e2e/fill.ts';
import { startServer } from '../e2e/server.ts';
import { openSuite } from '../e2e/suite.ts';
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
import { falsePairs, fetchProofs, makeProofs, type ProofFolder, witnessPolicy } from './proofs.ts';
import { staticServer } from './static-server.ts';

/** Sizes at the borders of tiles: one entry, a full tile and its neighbours, three levels. */
const SIZES = [1, 2, 255, 256, 257, 700, 70_000];
/** Sizes whose logs are told wrong, one bit at a time. */
const SIZES_OF_LIES = [257, 700];

/** Sizes at which one log was published while it grew: its old heads and their partial tiles must still be there. */
const SIZES_OF_GROWTH = [1, 2, 255, 256, 257, 700];
/** Sizes of opaque logs, which have no genesis leaf and may be empty. */
const SIZES_OPAQUE = [0, 257];

const { report, folder, play } = openSuite('foreign');
await play(async () => {
  await buildJudges();
  await judgeStaticLogs();
  await judgeServer();
});

/** Logs as static files, made by core alone. */
async function judgeStaticLogs(): Promise<void> {
  for (const size of SIZES) {
    const made = makeLog(join(folder, `static-${size}`), size);
    const server = await staticServer(made.folder);
    const log = { ...made, url: server.url };
    await judge(`static log of ${size}`, log);
    const proofs = await makeProofs(log, join(folder, `proofs-${size}`));
    await judgeProofs(`static log of ${size}`, log, proofs, witnessPolicy(log));
    await server.close();
  }
}

/** The logs of one server, each filled over HTTP. */
async function judgeServer(): Promise<void> {
  const server = await startServer({
    dataFolder: join(folder, 'data'),
    logs: [...SIZES.map((size) => `events-${size}`), 'grown'],
    opaque: SIZES_OPAQUE.map((size) => `opaque-${size}`),
  });
  for (const size of SIZES) {
    const log = { ...server.log(`events-${size}`), size };
    await fillLog(log, 1, size);
    await judge(`served log of ${size}`, log);
    const proofs = await fetchProofs(log, join(folder, `served-${size}`));
    await judgeProofs(`served log of ${size}`, log, proofs);
  }
  for (const size of SIZES_OPAQUE) {
    const log = { ...server.log(`opaque-${size}`), size };
    await fillOpaqueLog(log, size);
    await judge(`opaque log of ${size}`, log);
  }
  const grown = server.log('grown');
  for (const [at, size] of SIZES_OF_GROWTH.entries()) {
    await fillLog(grown, SIZES_OF_GROWTH[at - 1] ?? 1, size);
  }
  for (const size of SIZES_OF_GROWTH) {
    await accepts(`tlog accepts the kept head of ${size} of a log that has grown`, () =>
      runJudge({ ...grown, size }, `checkpoints/${size}`),
    );
  }
  await report.check('the server stops well', () => server.stop().then(() => undefined));
}

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
