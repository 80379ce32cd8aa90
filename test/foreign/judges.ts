import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { run, runWell } from '../e2e/run.ts';

/** A log as a stranger sees it. */
export interface PublishedLog {
  /** Base URL, without a slash at its end. */
  readonly url: string;
  readonly vkey: string;
  readonly origin: string;
  readonly size: number;
}

/** What a judge said. `accepted` is true only if it said so out loud. */
export interface Verdict {
  readonly accepted: boolean;
  /** How much it checked, or why it refused. */
  readonly said: string;
}

const ROOT = join(import.meta.dirname, '..', '..');
const BIN = join(ROOT, '.cache', 'bin');
const GO = join(import.meta.dirname, 'go');

/** Builds the judges from pinned sources into `.cache/bin`. Needs Go 1.26 or one that fetches it. */
export async function buildJudges(): Promise<void> {
  mkdirSync(BIN, { recursive: true });
  const limitMs = 300_000;
  await runWell('go', ['build', '-o', `${BIN}/`, './judge', './proofcheck'], { cwd: GO, limitMs });
  await buildTessera('tessera-fsck', 'cmd/fsck');
}

/** Builds Tessera's load tool and the client of certificate transparency into `.cache/bin`. */
export async function buildClients(): Promise<{
  readonly hammer: string;
  readonly ctClient: string;
}> {
  mkdirSync(BIN, { recursive: true });
  const ctClient = join(BIN, 'ctclient');
  const cwd = join(GO, 'ctclient');
  await runWell('go', ['build', '-o', ctClient, '.'], { cwd, limitMs: 300_000 });
  return { hammer: await buildTessera('tessera-hammer', 'internal/hammer'), ctClient };
}

async function buildTessera(name: string, path: string): Promise<string> {
  const file = join(BIN, name);
  await runWell('go', ['build', '-o', file, `github.com/transparency-dev/tessera/${path}`], {
    cwd: join(GO, 'tessera'),
    limitMs: 300_000,
  });
  return file;
}

/** How much a judge of ours must have checked of a tree of `size` entries, at the least. */
export function leastChecks(size: number): {
  readonly entries: number;
  readonly tiles: number;
  readonly inclusion: number;
  readonly consistency: number;
} {
  let tiles = 0;
  for (let count = size; count > 0; count = Math.floor(count / 256))
    tiles += Math.ceil(count / 256);
  return {
    entries: size,
    tiles,
    inclusion: Math.min(size, 200),
    consistency: Math.min(size, 100),
  };
}

/**
 * Our program on x/mod `sumdb/tlog` and `note`: every entry, every tile, proofs.
 *
 * @param checkpoint path of the head to judge, for one that is not the newest
 */
export async function runJudge(log: PublishedLog, checkpoint = 'checkpoint'): Promise<Verdict> {
  const least = leastChecks(log.size);
  const ended = await run(
    join(BIN, 'judge'),
    [
      ...['-url', log.url, '-vkey', log.vkey, '-size', String(log.size)],
      ...['-checkpoint', checkpoint, '-inclusion', '200', '-consistency', '100'],
      ...['-min-entries', String(least.entries), '-min-tiles', String(least.tiles)],
      ...['-min-inclusion', String(least.inclusion)],
      ...['-min-consistency', String(least.consistency)],
    ],
    { limitMs: 120_000 },
  );
  const accepted = ended.code === 0 && ended.stdout.startsWith('checked ');
  return { accepted, said: accepted ? ended.stdout.trim() : reasonOf(ended) };
}

/**
 * `tessera-fsck`. It exits with 0 even on faults and can hang on a corrupt tile, so only its own words of success count,
 * within the time limit.
 */
export async function runFsck(
  log: PublishedLog,
  keyFile: string,
  limitMs: number,
): Promise<Verdict> {
  const ended = await run(
    join(BIN, 'tessera-fsck'),
    [
      ...[`--storage_url=${log.url}/`, `--public_key=${keyFile}`, `--origin=${log.origin}`],
      ...['--ui=false', '--N=4'],
    ],
    { limitMs },
  );
  const line = /Successfully fsck'd log with size (\d+)/.exec(ended.stderr + ended.stdout);
  const accepted = line?.[1] === String(log.size) && !ended.timedOut;
  return { accepted, said: accepted ? (line?.[0] ?? '') : reasonOf(ended) };
}

/** `formats/proof` on a folder of proof files and their leaves; with a policy file, its quorum must have cosigned. */
export async function runProofcheck(
  log: PublishedLog,
  proofs: { readonly folder: string; readonly count: number; readonly policyFile?: string },
): Promise<Verdict> {
  const policy = proofs.policyFile === undefined ? [] : ['-policy', proofs.policyFile];
  const ended = await run(
    join(BIN, 'proofcheck'),
    ['-vkey', log.vkey, '-dir', proofs.folder, '-min', String(proofs.count), ...policy],
    { limitMs: 60_000 },
  );
  const accepted = ended.code === 0 && ended.stdout.startsWith('checked ');
  return { accepted, said: accepted ? ended.stdout.trim() : reasonOf(ended) };
}

function reasonOf(ended: Awaited<ReturnType<typeof run>>): string {
  if (ended.timedOut) return 'no answer within its time';
  const lines = (ended.stderr.trim() || ended.stdout.trim()).split('\n');
  return (lines.find((line) => /refused|failed/.test(line)) ?? lines.at(-1) ?? '').trim();
}
