import { equal, match, ok } from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventOf } from '../events.ts';
import { runWell } from '../run.ts';
import { startServer, VARVE } from '../server.ts';

const LOG = 'main';

/** Sends events with a new key each until the token is told to wait: the index charges it after the fact. */
export async function flood(folder: string): Promise<string> {
  const data = join(folder, 'flooded');
  const config = join(folder, 'config.json');
  writeFileSync(config, JSON.stringify({ limits: { tokenNewKeysPerMinuteMax: 100 } }));
  const add = async (name: string): Promise<string> => {
    const args = [...VARVE, 'token', 'add', name, '--role', 'submit', '--data', data];
    return (await runWell(process.execPath, args, { limitMs: 30_000 })).trim();
  };
  const flooder = await add('flooder');
  const other = await add('other');
  const flags = ['--auth', '--config', config];
  const server = await startServer({ dataFolder: data, logs: [LOG], index: true, flags });
  const { url } = server.log(LOG);
  let number = 0;
  const send = async (token: string): Promise<Response> => {
    const events = Array.from({ length: 50 }, () => {
      const event = JSON.parse(eventOf(LOG, 'flood', number)) as object;
      return { ...event, ctx: { session_id: `session-${number++}` } };
    });
    return await fetch(`${url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(events),
    });
  };
  try {
    for (const started = performance.now(); ; ) {
      const reply = await send(flooder);
      const text = await reply.text();
      if (reply.status === 503) {
        match(text, /"code":"request\.quota".*new keys too many/);
        ok(Number(reply.headers.get('retry-after')) > 0);
        const others = await send(other);
        equal(others.status, 201, await others.text());
        return `after ${number - 50} events; wait ${reply.headers.get('retry-after')} s`;
      }
      equal(reply.status, 201, text);
      if (performance.now() - started > 30_000) throw new Error(`${number} events, and no end`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  } finally {
    await server.stop();
  }
}
