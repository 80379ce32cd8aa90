import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Report } from '../e2e/report.ts';
import { buildJudges, type PublishedLog, runFsck, runJudge } from './judges.ts';
import { liesAbout } from './lies.ts';
import { lyingProxy } from './lying-proxy.ts';
import { makeLog } from './make-log.ts';
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
    const log = makeLog(join(folder, `static-${size}`), size);
    const server = await staticServer(log.folder);
    await judge(`static log of ${size}`, { ...log, url: server.url });
    await server.close();
  }
} catch (error) {
  report.fail('the suite runs', error);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
report.finish();

/** Every judge accepts the log, and refuses it with one bit changed. */
async function judge(name: string, log: PublishedLog): Promise<void> {
  const keyFile = join(folder, 'vkey');
  writeFileSync(keyFile, log.vkey);
  await report.check(`tlog accepts the ${name}`, async () => {
    const verdict = await runJudge(log);
    if (!verdict.accepted) throw new Error(verdict.said);
    return verdict.said;
  });
  await report.check(`tessera-fsck accepts the ${name}`, async () => {
    const verdict = await runFsck(log, keyFile, 120_000);
    if (!verdict.accepted) throw new Error(verdict.said);
    return verdict.said;
  });
  if (!SIZES_OF_LIES.includes(log.size)) return;

  const proxy = await lyingProxy(log.url);
  const told: PublishedLog = { ...log, url: proxy.url };
  for (const lie of await liesAbout(log)) {
    const refuses = async (verdict: () => ReturnType<typeof runJudge>) => {
      proxy.lie = lie;
      proxy.told = 0;
      const { accepted, said } = await verdict();
      if (proxy.told === 0) throw new Error(`${lie.path} was not read`);
      if (accepted) throw new Error(`accepted: ${said}`);
      return said;
    };
    const wrong = `${name} with one bit changed: ${lie.kind}`;
    await report.check(`tlog refuses the ${wrong}`, () => refuses(() => runJudge(told)));
    await report.check(`tessera-fsck refuses the ${wrong}`, () =>
      refuses(() => runFsck(told, keyFile, 5_000)),
    );
  }
  // The same way without a lie is accepted: what was refused was the bit, not the proxy.
  proxy.lie = null;
  await report.check(`tlog accepts the ${name} repeated without a change`, async () => {
    const verdict = await runJudge(told);
    if (!verdict.accepted) throw new Error(verdict.said);
    return verdict.said;
  });
  await proxy.close();
}
