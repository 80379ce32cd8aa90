import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { machineText } from './machine.ts';
import type { Measurement } from './measurement.ts';
import { keptSections } from './section.ts';

/** What a run was told; a run goes on only under the same. */
export interface RunOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmSeconds: number;
  readonly leaves: number;
  readonly only: string;
  readonly smoke: boolean;
}

/** Everything that is known of a run, as its file holds it. */
export interface RunRecord {
  readonly options: RunOptions;
  readonly command: string;
  readonly commit: string;
  readonly machine: string;
  readonly node: string;
  readonly startedAt: string;
  readonly diskPerLeaf: Readonly<Record<string, number>>;
  /** Times from start to ready, ms, by system. */
  readonly startsMs: Readonly<Record<string, readonly number[]>>;
  readonly measurements: readonly Measurement[];
}

/** A run: what it measured so far, kept in a file after every measurement. */
export interface Run {
  /** Is it the rest of one that was begun before? */
  readonly isResumed: boolean;
  readonly measurements: readonly Measurement[];
  has(round: number, cell: string, system: string): boolean;
  hasStarts(system: string): boolean;
  setDisk(bytesPerLeaf: Readonly<Record<string, number>>): void;
  setStarts(system: string, timesMs: readonly number[]): void;
  add(measurement: Measurement): Promise<void>;
  /** Writes the file, and the text made of it beside its folder. */
  save(textOf: (record: RunRecord) => string): Promise<void>;
}

/** Opens the run of a file, or begins one. */
export async function openRun(
  path: string,
  options: RunOptions,
  how: { readonly fresh: boolean },
): Promise<Run> {
  const commit = commitText();
  const before = how.fresh ? undefined : await readRecord(path);
  const isResumed =
    before?.commit === commit && JSON.stringify(before.options) === JSON.stringify(options);
  let record: RunRecord = isResumed
    ? before
    : {
        options,
        command: `npm run bench${process.argv.length > 2 ? ' -- ' : ''}${process.argv.slice(2).join(' ')}`,
        commit,
        machine: machineText(),
        node: process.version,
        startedAt: new Date().toISOString(),
        diskPerLeaf: {},
        startsMs: {},
        measurements: [],
      };
  const write = async (): Promise<void> => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, recordText(record));
  };
  return {
    isResumed,
    get measurements() {
      return record.measurements;
    },
    has: (round, cell, system) =>
      record.measurements.some(
        (one) => one.round === round && one.cell === cell && one.system === system,
      ),
    hasStarts: (system) => record.startsMs[system] !== undefined,
    setDisk(diskPerLeaf) {
      record = { ...record, diskPerLeaf };
    },
    setStarts(system, timesMs) {
      record = { ...record, startsMs: { ...record.startsMs, [system]: timesMs.map(Math.round) } };
    },
    async add(measurement) {
      record = { ...record, measurements: [...record.measurements, measurement] };
      await write();
    },
    async save(textOf) {
      await write();
      const results = join(dirname(path), '..', 'RESULTS.md');
      const others = await keptSections(results);
      await writeFile(results, others === '' ? textOf(record) : `${textOf(record)}\n${others}`);
    },
  };
}

/** A line for each measurement, so that a person can look and a diff is small. */
function recordText(record: RunRecord): string {
  const { measurements, ...rest } = record;
  const head = JSON.stringify(rest, null, 1).slice(0, -2);
  const lines = measurements.map((one) => JSON.stringify(one)).join(',\n');
  return `${head},\n "measurements": [\n${lines}\n]}\n`;
}

async function readRecord(path: string): Promise<RunRecord | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as RunRecord; // Written by this program.
  } catch {
    return undefined;
  }
}

/** The commit, and whether the code that is measured differs from it. */
export function commitText(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
  try {
    const commit = git('rev-parse', '--short=12', 'HEAD');
    return git('status', '--porcelain', '--', '../src', './*.ts') === ''
      ? commit
      : `${commit}, changed`;
  } catch {
    return 'unknown';
  }
}
