import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLogClient, openSubmitter, proveReceipt } from '../../../src/client/client.ts';
import { utf8 } from '../../../src/core/bytes.ts';
import { parsePolicy } from '../../../src/core/policy.ts';
import { eventOf } from '../events.ts';
import type { Report } from '../report.ts';
import { type ServerProcess, startServer } from '../server.ts';
import { startWitness, type WitnessProcess } from '../witness-process.ts';
import { ask, metricsOf, same, sendEvent, until, varve } from './asked.ts';

/** A log, three witnesses that run beside it, and a policy that asks for two of them. */
export async function witnessed(report: Report, work: string): Promise<void> {
  const site = await createSite(work);
  try {
    await report.check('heads are shown once two of three witnesses have cosigned', () =>
      cosigned(site),
    );
    await report.check('a witness that is gone holds up nobody', () => withoutOne(site));
    await report.check('without a quorum entries are admitted and nothing is shown', () =>
      withoutQuorum(site),
    );
    await report.check('a start without witnesses shows what was shown, and asks on', () =>
      confirming(site),
    );
    await report.check('--start-unconfirmed goes on, by a leaf and a gauge', () =>
      unconfirmed(site),
    );
    await report.check('--fail-open shows heads without a quorum, and says so', () =>
      failsOpen(site),
    );
  } finally {
    await site.server?.stop().catch(() => {});
    for (const witness of site.witnesses.values()) await witness.kill();
  }
}

interface Site {
  readonly dataFolder: string;
  readonly policy: string;
  /** `log`, `witness` and `quorum` lines. */
  readonly policyText: string;
  /** Those that run, by name. */
  readonly witnesses: Map<string, WitnessProcess>;
  readonly startOne: (name: string, port: number) => Promise<WitnessProcess>;
  server: ServerProcess | undefined;
}

const NAMES = ['w0', 'w1', 'w2'] as const;

async function createSite(work: string): Promise<Site> {
  const dataFolder = join(work, 'witnessed');
  const made = await varve(['keys', 'init', '--log', 'main', '--data', dataFolder]);
  const { vkey } = JSON.parse(made) as { readonly vkey: string };
  const startOne = (name: string, port: number): Promise<WitnessProcess> =>
    startWitness({ dataFolder: join(work, name), name: `${name}.test/witness`, port });
  const witnesses = new Map<string, WitnessProcess>();
  for (const name of NAMES) {
    witnesses.set(name, await startOne(name, 0));
    // While it serves.
    await varve([
      'witness',
      'add-log',
      vkey,
      '--data',
      join(work, name),
      '--requests-per-day',
      '9999999',
    ]);
  }
  const lines = await Promise.all(
    NAMES.map(async (name) => {
      const { url = '' } = witnesses.get(name) ?? {};
      const told = await varve([
        'witness',
        'keys',
        'policy',
        '--data',
        join(work, name),
        '--url',
        url,
      ]);
      return told
        .trim()
        .split('\n')
        .filter((line) => line.startsWith('witness '));
    }),
  );
  const names = lines.flat().map((line) => line.split(' ')[1]);
  const policyText = [
    `log ${vkey}`,
    ...lines.flat(),
    `group q 2 ${names.join(' ')}`,
    'quorum q',
    '',
  ].join('\n');
  const policy = join(work, 'policy');
  writeFileSync(policy, policyText);
  return { dataFolder, policy, policyText, witnesses, startOne, server: undefined };
}

async function start(site: Site, ...flags: string[]): Promise<ServerProcess> {
  const { dataFolder, policy } = site;
  const options = { dataFolder, flags: ['--policy', policy, ...flags] };
  site.server = await startServer({ ...options, waitsUntil: 'listening' });
  return site.server;
}

async function stop(site: Site): Promise<void> {
  await site.server?.stop();
  site.server = undefined;
}

async function cosigned(site: Site): Promise<string> {
  const { url } = (await start(site)).log('main');
  const policy = parsePolicy(utf8(site.policyText));
  const submitter = openSubmitter({ url });
  const client = openLogClient({ url, policy });
  const items = [1, 2, 3].map((n) => utf8(eventOf('main', 'serve-test', n)));
  const results = await submitter.submit(items, { waitPublished: true });
  for (const result of results) {
    if (result.kind !== 'receipt') throw new Error(JSON.stringify(result));
    // Verifies the log's signature and a quorum of cosignatures.
    await proveReceipt(client, result.receipt);
  }
  await until('all three have cosigned', async () => {
    const metrics = await metricsOf(url);
    return NAMES.every(
      (_, i) => metrics.get(`varve_cosigner_up{log="main",witness="${nameOf(site, i)}"}`) === 1,
    );
  });
  const { status, text } = await ask(new URL('/readyz', url).href);
  same('readyz', status, 200);
  const [log] = (
    JSON.parse(text) as { readonly logs: readonly { readonly witnesses: readonly object[] }[] }
  ).logs;
  same('witnesses told of', log?.witnesses.length, 3);
  return `${(await client.checkpoint()).cosignatures.length} cosignatures`;
}

async function withoutOne(site: Site): Promise<string> {
  await kill(site, 'w0');
  const { url } = serverOf(site).log('main');
  const began = performance.now();
  const { status } = await sendEvent(url, 10, { wait: 'published' });
  same('status', status, 201);
  return `published after ${Math.round(performance.now() - began)} ms`;
}

async function withoutQuorum(site: Site): Promise<string> {
  await kill(site, 'w1');
  const { url } = serverOf(site).log('main');
  const before = (await ask(`${url}/checkpoint`)).text.split('\n')[1];
  same('status', (await sendEvent(url, 20, { wait: 'published' })).status, 202);
  same('size', (await ask(`${url}/checkpoint`)).text.split('\n')[1], before);
  const metrics = await metricsOf(url);
  same('integrated', metrics.get('varve_integrated_size_entries{log="main"}'), Number(before) + 1);
  same('w1 up', metrics.get(`varve_cosigner_up{log="main",witness="${nameOf(site, 1)}"}`), 0);
  if (!serverOf(site).said().includes('a witness does not cosign'))
    throw new Error('nobody is told');
  await revive(site, 'w1');
  await until('the head is shown', async () => {
    return (await ask(`${url}/checkpoint`)).text.split('\n')[1] === String(Number(before) + 1);
  });
  return 'shown as soon as the witness was back';
}

async function confirming(site: Site): Promise<string> {
  const shown = (await ask(`${serverOf(site).log('main').url}/checkpoint`)).text;
  await stop(site);
  await kill(site, 'w1');
  await kill(site, 'w2');
  const { url } = (await start(site)).log('main');
  same('readyz', (await ask(new URL('/readyz', url).href)).status, 503);
  same('confirming', (await metricsOf(url)).get('varve_log_confirming{log="main"}'), 1);
  same('admitted', (await sendEvent(url, 30)).status, 201);
  const text = shown.split('\n\n')[0];
  same('the head', (await ask(`${url}/checkpoint`)).text.split('\n\n')[0], text);
  await revive(site, 'w1');
  await revive(site, 'w2');
  await until('it is ready', async () => (await ask(new URL('/readyz', url).href)).status === 200);
  await until('what was admitted is shown', async () => {
    return (
      Number((await ask(`${url}/checkpoint`)).text.split('\n')[1]) > Number(shown.split('\n')[1])
    );
  });
  await stop(site);
  return 'readyz 503 until two witnesses had confirmed';
}

async function unconfirmed(site: Site): Promise<string> {
  await kill(site, 'w1');
  await kill(site, 'w2');
  const { url } = (await start(site, '--start-unconfirmed')).log('main');
  const metrics = await metricsOf(url);
  same('confirming', metrics.get('varve_log_confirming{log="main"}'), 0);
  same('missing', metrics.get('varve_log_unconfirmed_witnesses{log="main"}'), 3);
  await revive(site, 'w1');
  await revive(site, 'w2');
  same('status', (await sendEvent(url, 40, { wait: 'published' })).status, 201);
  const size = Number((await ask(`${url}/checkpoint`)).text.split('\n')[1]);
  for (let index = size - 1; index >= 0; index--) {
    const { text } = await ask(`${url}/entries/${index}`);
    if (!text.includes('"start.unconfirmed"')) continue;
    await stop(site);
    return text.slice(text.indexOf('"body"'), text.indexOf('"body"') + 90);
  }
  throw new Error('no leaf says so');
}

async function failsOpen(site: Site): Promise<string> {
  await kill(site, 'w1');
  await kill(site, 'w2');
  // The witnesses confirm nothing now, so it has to be told to begin as well.
  const { url } = (await start(site, '--fail-open', '--start-unconfirmed')).log('main');
  same('status', (await sendEvent(url, 50, { wait: 'published' })).status, 201);
  same('unwitnessed', (await metricsOf(url)).get('varve_published_unwitnessed{log="main"}'), 1);
  await until('it is told', async () => serverOf(site).said().includes('shown without a quorum'));
  await revive(site, 'w1');
  await revive(site, 'w2');
  same('status', (await sendEvent(url, 51, { wait: 'published' })).status, 201);
  await until('the quorum is back', async () => {
    return (await metricsOf(url)).get('varve_published_unwitnessed{log="main"}') === 0;
  });
  await stop(site);
  return 'gauge 1, then 0';
}

/** The name of a witness in the policy. */
function nameOf(site: Site, i: number): string {
  const lines = site.policyText.split('\n').filter((line) => line.startsWith('witness '));
  return lines[i]?.split(' ')[1] ?? '';
}

function serverOf({ server }: Site): ServerProcess {
  if (server === undefined) throw new Error('no server runs');
  return server;
}

async function kill(site: Site, name: string): Promise<void> {
  await site.witnesses.get(name)?.kill();
}

/** The witness again, at its old address, over its old folder. */
async function revive(site: Site, name: string): Promise<void> {
  const { url = '' } = site.witnesses.get(name) ?? {};
  site.witnesses.set(name, await site.startOne(name, Number(new URL(url).port)));
}
