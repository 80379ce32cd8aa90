import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readKeys } from '../../src/cli/key-files.ts';
import type { LogType } from '../../src/log/log.ts';
import { keysOf } from '../../src/log/rows.ts';
import { openLevelStore } from '../../src/storage/storage.ts';
import { type Damage, planDamages, storeFiles } from '../support/corrupt.ts';
import { seededRandom } from '../support/random.ts';
import type { Job, Plan, Where } from './corruption/attempt.ts';
import { makeAttempts, type Watched } from './corruption/attempts.ts';
import { checkFolder, copyFolder, dataFolderOf, openFolder } from './corruption/data-folder.ts';
import { type MadeLog, makeLog } from './corruption/make-log.ts';
import { readAll, type Served, sendAgain } from './corruption/served.ts';
import { type Ended, run } from './run.ts';
import { VARVE } from './server.ts';
import { openSuite } from './suite.ts';

/*
 * Damages each file of stopped stores, and requires that every damage is found at start, on read or by the check of the
 * store, or changes nothing that is served; and that nothing wrong is ever served.
 *
 *   corruption.ts [--entries 2000] [--opaque 70000] [--places 3] [--opaque-places 1] [--flips 12] [--seed 1]
 *
 * Bits flipped in tables come back from LevelDB without a word: more of them are tried than of what it finds itself.
 */
const { values: flags } = parseArgs({
  options: {
    entries: { type: 'string', default: '2000' },
    opaque: { type: 'string', default: '70000' },
    places: { type: 'string', default: '3' },
    'opaque-places': { type: 'string', default: '1' },
    flips: { type: 'string', default: '12' },
    seed: { type: 'string', default: '1' },
  },
});
const SEED = Number(flags.seed);
const PROCESSES = 2;
const COLUMNS: readonly string[] = [
  ...['start', 'read', 'check', 'abort', 'nothing', 'unchanged', 'lost', 'wrong'],
];

const { report, folder: root, play } = openSuite('corruption');
/** Outcomes by kind of file and damage, then by where they were found. */
const table = new Map<string, Map<string, number>>();
await play(async () => {
  await campaign('events', Number(flags.entries), Number(flags.places));
  await campaign('opaque', Number(flags.opaque), Number(flags['opaque-places']));
  printTable();
  checkMinima();
});
// A log that could not be closed would hold the process.
process.exit();

async function campaign(type: LogType, entries: number, places: number): Promise<void> {
  const dir = join(root, type);
  mkdirSync(dir);
  const made = await makeLog({
    type,
    dir: dataFolderOf(join(dir, 'data')),
    olderStore: join(dir, 'older'),
    backup: join(dir, 'backup'),
    entries,
    random: seededRandom(SEED),
  });
  const served = await servedBy(made);
  const plan: Plan = { made, served, jobs: ['restored', ...jobsOf(made, places)] };
  const file = join(dir, 'plan.json');
  writeFileSync(file, JSON.stringify(plan));
  const { size, heads } = made.questions;
  console.log(
    `        ${type}: ${size} entries, ${heads.length} kept heads, ${storeFiles(made.folder.store).join(' ')}`,
  );
  if (type === 'events') await checkWithCommand(made);
  await makeAttempts({
    ...{ plan: file, count: plan.jobs.length, folder: dir, processes: PROCESSES },
    onAttempt: (index, watched) => judge(type, plan.jobs[index] ?? 'restored', watched, dir),
  });
}

/** Each damage to each file, and each file exchanged for the one of the older copy and of the backup. */
function jobsOf({ folder, olderStore, backup }: MadeLog, places: number): readonly Job[] {
  const common = { dir: folder.store, seed: SEED, places };
  const damages = planDamages({ ...common, olderDir: olderStore });
  const exchanges = planDamages({ ...common, olderDir: backup });
  const flips = planDamages({ ...common, seed: SEED + 1, places: Number(flags.flips) });
  return [
    ...[...damages, ...flips.filter(isFlipInTable)].map((damage) => {
      return { damage, older: olderStore };
    }),
    ...exchanges
      .filter(({ kind }) => kind === 'older')
      .map((damage) => ({ damage, older: backup })),
  ];
}

function isFlipInTable({ kind, file }: Damage): boolean {
  return kind === 'flip' && file.endsWith('.ldb');
}

/** What the undamaged log serves, from a copy of it; which passes its check too. */
async function servedBy(made: MadeLog): Promise<Served> {
  const copy = dataFolderOf(join(root, 'undamaged'));
  copyFolder(made.folder, copy);
  const log = await openFolder(copy, {
    clock: () => made.nowMs,
    onFault: (error) => {
      throw error;
    },
  });
  const served = {
    ...(await readAll(log, made.questions)),
    ...(await sendAgain(log, made.questions)),
  };
  await log.close();
  const refused = Object.entries(served).find(([, answer]) => /^(refused|appended)/.test(answer));
  if (refused !== undefined) throw new Error(`undamaged, ${refused.join(': ')}`);
  await report.check(`an undamaged ${made.type} log passes its check`, async () => {
    const { commits, tiles, ids, conflicts, keptMarks } = await checkFolder(copy, true);
    return `${commits} commits, ${tiles} tiles, ${ids} ids, ${conflicts} conflicts, ${keptMarks} kept marks`;
  });
  return served;
}

/** The command names a row that somebody took away, and exits with 1. */
async function checkWithCommand(made: MadeLog): Promise<void> {
  const copy = dataFolderOf(join(root, 'checked'));
  copyFolder(made.folder, copy);
  const { vkey } = await readKeys(copy.keys);
  const check = (): Promise<Ended> =>
    run(process.execPath, [...VARVE, 'check', copy.dir, '--vkey', vkey], { limitMs: 60_000 });
  await report.check('varve check passes an undamaged folder', async () => {
    const { code, stderr } = await check();
    if (code !== 0) throw new Error(`${code}: ${stderr}`);
    return undefined;
  });
  await report.check('varve check names an id that is gone', async () => {
    const store = await openLevelStore({ dir: copy.store });
    const [id] = await store.scan({ ...keysOf('I'), limit: 1 });
    if (id !== undefined) await store.write({ changes: [{ ...id, value: null }], flush: true });
    await store.close();
    const { code, stderr } = await check();
    if (code !== 1 || !/idempotency row of entry \d+ is missing/.test(stderr)) {
      throw new Error(`${code}: ${stderr}`);
    }
    return stderr.trim();
  });
}

function judge(type: LogType, job: Job, watched: Watched, dir: string): void {
  const { where, aborted } = watched;
  const detail = watched.detail.replaceAll(`${dir}/`, '').slice(0, 160);
  const damage = job === 'restored' ? job : job.damage;
  const file = damage === 'restored' ? 'all' : kindOf(damage.file);
  const what = damage === 'restored' ? 'backup' : damage.kind;
  const row = `${file} ${what}`;
  const column = aborted ? 'abort' : where;
  const cells = table.get(row) ?? new Map<string, number>();
  cells.set(column, (cells.get(column) ?? 0) + 1);
  table.set(row, cells);
  if (where === 'unchanged') return;
  const place = damage === 'restored' ? '' : ` ${damage.file} at ${damage.offset}.${damage.bit}`;
  const name = `${type} ${what}${place}`;
  const must: readonly Where[] =
    damage === 'restored' ? ['start'] : ['start', 'read', 'check', 'nothing'];
  if (must.includes(where)) report.pass(name, `${column}${detail === '' ? '' : `, ${detail}`}`);
  else report.fail(name, `${where}: ${detail}`);
}

function kindOf(file: string): string {
  if (file.endsWith('.ldb')) return 'table';
  return file.endsWith('.log') ? 'write-ahead log' : file.replace(/-.*/, '').toLowerCase();
}

function printTable(): void {
  console.log(
    `\n${'file and damage'.padEnd(26)}${COLUMNS.map((name) => name.padStart(10)).join('')}`,
  );
  for (const [row, cells] of [...table].sort()) {
    const counts = COLUMNS.map((column) => String(cells.get(column) ?? '').padStart(10));
    console.log(`${row.padEnd(26)}${counts.join('')}`);
  }
  console.log();
}

/** A campaign in which something was never found, or never tried, says nothing of it. */
function checkMinima(): void {
  const total = (column: string, row?: string): number =>
    [...table].reduce((sum, [name, cells]) => {
      return row === undefined || name.startsWith(row) ? sum + (cells.get(column) ?? 0) : sum;
    }, 0);
  for (const column of ['start', 'read']) {
    const count = total(column);
    if (count > 0) report.pass(`some damages end in '${column}'`, String(count));
    else report.fail(`some damages end in '${column}'`, 'none');
  }
  for (const row of ['table', 'write-ahead log', 'manifest', 'current']) {
    for (const kind of ['truncate', 'zero', 'flip', 'older']) {
      const tried = table.has(`${row} ${kind}`) || (row === 'table' && kind === 'older');
      if (!tried) report.fail(`${row} ${kind} is tried`, 'it is not');
    }
  }
}
