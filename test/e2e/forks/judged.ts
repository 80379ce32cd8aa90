import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLogClient, policyOfVkey } from '../../../src/client/client.ts';
import { checkForkProof } from '../../../src/core/fork-proof.ts';
import { parseVkey } from '../../../src/core/vkey.ts';
import type { Lived } from './lives.ts';
import { type HostProcess, until } from './site.ts';

/** A client that reads one host and then the other has a fork proof, and the second host halts. */
export async function seesBoth(
  lived: Lived,
  log: string,
  [first, second]: readonly [HostProcess, HostProcess],
): Promise<string> {
  const reader = lived.readers.get(log);
  if (reader === undefined) throw new Error('no reader');
  reader.point(first);
  await reader.client.checkpoint();
  reader.point(second);
  const refused = await reader.client.checkpoint().catch((error: Error) => error.message);
  same(await second.halted(log), 'evidence');
  return `the client: ${String(refused)}`;
}

/** Who holds one head and meets the other has a proof; the log itself is told nothing. */
export async function isFork(
  lived: Lived,
  host: HostProcess,
  log: string,
  note: Uint8Array,
): Promise<string> {
  const vkey = lived.vkeys.get(log) ?? '';
  const judge = openLogClient({
    url: host.url(log),
    policy: policyOfVkey(vkey),
    known: note,
    // Without Varve-Seen.
    fetch: (url) => fetch(url),
    retry: { attemptsMax: 1 },
  });
  await judge.checkpoint().catch(() => undefined);
  const [conflict] = judge.conflicts;
  checkForkProof(conflict?.proof ?? new Uint8Array(0), { logKey: parseVkey(vkey) });
  same((await host.stand(log)).kind, 'running');
  return `heads of ${conflict?.earlier.size} and ${conflict?.later.size} entries, both signed`;
}

/** The evidence that the log keeps convicts it with its key alone. */
export async function convicts(lived: Lived, log: string): Promise<string> {
  const dir = join(lived.a.data, 'evidence', log);
  let names: readonly string[] = [];
  // The log halts first and keeps it then.
  await until(`a fork proof in ${dir}`, () => {
    names = existsSync(dir) ? readdirSync(dir).filter((name) => name.endsWith('.fork-proof')) : [];
    return names.length > 0;
  });
  const logKey = parseVkey(lived.vkeys.get(log) ?? '');
  for (const name of names) checkForkProof(readFileSync(join(dir, name)), { logKey });
  return `${names.length} fork proof kept, verified with the key alone`;
}

/** A halted log takes nothing, and shows what it showed. */
export async function isReadOnly(host: HostProcess, log: string): Promise<void> {
  const reply = await fetch(`${host.url(log)}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  same(reply.status >= 500, true);
  await host.checkpoint(log);
}

/** @throws if the two are not the same, as JSON */
export function same(is: unknown, wanted: unknown): void {
  const text = (value: unknown): string =>
    JSON.stringify(value instanceof Set ? [...value] : value) ?? 'undefined';
  if (text(is) !== text(wanted)) throw new Error(`${text(is)} is not ${text(wanted)}`);
}
