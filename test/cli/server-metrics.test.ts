import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readServeConfig, SERVE_FLAGS } from '../../src/cli/config.ts';
import { parseFlags } from '../../src/cli/flags.ts';
import { startServer } from '../../src/cli/server.ts';
import { utf8 } from '../../src/core/bytes.ts';
import { parseLogList } from '../../src/core/log-list.ts';
import { formatVkey } from '../../src/core/vkey.ts';
import { listen } from '../../src/http/node-server.ts';
import { memoryWitnessStore } from '../../src/storage/memory-witness-store.ts';
import type { WitnessStore } from '../../src/witness/ports.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { testEvent } from '../support/test-log.ts';
import { testWitness } from '../support/test-witness.ts';
import { runCli } from './run-cli.ts';

/** Names that metrics of a process itself begin with. */
const OF_PROCESS = /^(?:process|nodejs)_/;
/** Those of the index, which runs in a worker of its own: `test:index` moves them. */
const OF_INDEX = /^varve_index_/;

it('every metric of a server that runs is told, and what counts has counted', async () => {
  const folder = tempFolder();
  const data = join(folder, 'data');
  let remembered = memoryWitnessStore();
  const head: WitnessStore['head'] = (hash) => remembered.head(hash);
  const advance: WitnessStore['advance'] = (...to) => remembered.advance(...to);
  const witness = testWitness('witness.test/w', { store: { ...remembered, head, advance } });
  witness.nowMs = Date.now();
  const door = await listen({ app: witness.app, port: 0, random: () => 0 });
  onTestFinished(() => door.close());
  const { stdout } = await runCli(['keys', 'init', '--log', 'acme', '--data', data]);
  const { vkey } = JSON.parse(stdout) as { readonly vkey: string };
  for (const entry of parseLogList(utf8(`logs/v0\nvkey ${vkey}\nqpd 999999999\ncontact t\n`))) {
    await witness.store.addLog(entry);
  }
  const policy = join(folder, 'policy');
  writeFileSync(policy, `witness w ${formatVkey(witness.key.key)} ${door.url}\nquorum w\n`);
  const args = ['--data', data, '--log', 'acme', '--policy', policy, '--listen', '127.0.0.1:0'];
  const server = await startServer({
    config: await readServeConfig(parseFlags([...args, '--no-index'], SERVE_FLAGS), {}),
    logger: { info() {}, warn() {}, error() {} },
    now: Date.now,
  });
  onTestFinished(() => server.close());

  const url = server.lines[0]?.url ?? '';
  const post = async (body: Uint8Array): Promise<number> => {
    const headers = { 'Content-Type': 'application/json' };
    const sent = { method: 'POST', headers, body: body.slice() };
    return (await fetch(`${url}/events?wait=published`, sent)).status;
  };
  expect(await post(testEvent('e1'))).toBe(201);
  expect(await post(testEvent('e1'))).toBe(200);
  // As it is after its folder was lost: the same key, and no memory.
  remembered = memoryWitnessStore();
  expect(await post(testEvent('e1', 'another'))).toBe(409);
  expect(await post(utf8('nonsense'))).toBe(400);

  const read = async (): Promise<Map<string, number>> => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(
      lines.map((line) => {
        const at = line.lastIndexOf(' ');
        return [line.slice(0, at), Number(line.slice(at + 1))];
      }),
    );
  };
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const metrics = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', kind = '']) => {
    return { name, kind };
  });
  expect(metrics.length).toBeGreaterThan(20);
  // A scrub of so small a store ends in a moment; a follower tells of itself after its first batch.
  await expect.poll(async () => [...(await read()).keys()].join('\n')).toContain('scrub_age');
  const samples = await read();
  for (const { name, kind } of metrics.filter(
    ({ name }) => !OF_PROCESS.test(name) && !OF_INDEX.test(name),
  )) {
    const sample = kind === 'histogram' ? `${name}_count` : name;
    const values = [...samples].filter(([key]) => key === sample || key.startsWith(`${sample}{`));
    expect(values.length, name).toBeGreaterThan(0);
    if (kind === 'gauge') continue;
    expect(Math.max(...values.map(([, value]) => value)), name).toBeGreaterThan(0);
  }
  expect(samples.get('varve_cosigner_up{log="acme",witness="w"}')).toBe(1);
  expect(metrics.some(({ name }) => name === 'process_cpu_seconds_total')).toBe(true);
});
