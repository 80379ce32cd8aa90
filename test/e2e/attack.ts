/*
 * `varve demo --attack` as a process: `npm run test:attack`. What it says was observed; here it is held to what forks.md
 * promises: nothing succeeds where witnesses watch, and where nobody does exactly three attacks do.
 */
import { run } from './run.ts';
import { VARVE } from './server.ts';
import { openSuite } from './suite.ts';

/** What the demo said of one attack. */
interface Told {
  readonly title: string;
  readonly watched: string;
  readonly watchedBy: string;
  readonly alone: string;
  readonly aloneBy: string;
}

/** Each attack: does it succeed where nobody watches, and what is told of it where witnesses do. */
const EXPECTED: readonly (readonly [string, boolean, RegExp])[] = [
  ['rewrites an event on disk', false, /halted, corrupt.*noticed by: the hashes/s],
  [
    'drops the tail of the log, and tidies up behind it',
    false,
    /halted, rolled-back.*noticed by: the guard/s,
  ],
  [
    'puts an older copy of the store in place',
    false,
    /halted, rolled-back.*noticed by: the guard/s,
  ],
  [
    'puts an older copy of the store in place, and of the guard',
    true,
    /halted, evidence.*noticed by: witnesses w/s,
  ],
  [
    'runs a second host on copies of everything',
    true,
    /halted, evidence.*noticed by: witnesses w/s,
  ],
  [
    'signs a forged history with the stolen key',
    true,
    /policy\.quorum-not-met.*noticed by: fork proof at witnesses w1, w2, w3/s,
  ],
];

const { report, folder: work, play } = openSuite('attack');
await play(async () => {
  const args = [...VARVE, 'demo', '--attack', '--data', work];
  const ended = await run(process.execPath, args, { limitMs: 350_000 });
  await report.check('no attack succeeds where witnesses watch', () => {
    if (ended.code === 0) return undefined;
    throw new Error(`exit code ${ended.code}\n${ended.stdout}${ended.stderr}`);
  });
  const told = parse(ended.stdout);
  for (const [title, succeeds, how] of EXPECTED) {
    await report.check(`the attacker ${title}`, () => check(told, { title, succeeds, how }));
  }
  await report.check('clients that remember notice each of the three', () => {
    const forks = ended.stdout.match(/^ {3}- [a-z]+-alone: checkpoint\.(fork|rollback)/gm) ?? [];
    if (forks.length !== 3) throw new Error(ended.stdout);
    return forks.join(',').replaceAll('   - ', ' ');
  });
});

function parse(stdout: string): readonly Told[] {
  const pattern =
    /^ {3}(\S.*)\n {5}with three witnesses +(.*)\n +(noticed by: .*)\n {5}with no witness +(.*)\n +(noticed by: .*)$/gm;
  return [...stdout.matchAll(pattern)].map(
    ([, title = '', watched = '', watchedBy = '', alone = '', aloneBy = '']) => {
      return { title, watched, watchedBy, alone, aloneBy };
    },
  );
}

function check(
  all: readonly Told[],
  wanted: { readonly title: string; readonly succeeds: boolean; readonly how: RegExp },
): string {
  const told = all.find(({ title }) => title === wanted.title);
  if (told === undefined) throw new Error('the demo does not tell of it');
  if (!told.watched.startsWith('STOPPED')) throw new Error(told.watched);
  if (!wanted.how.test(`${told.watched}\n${told.watchedBy}`)) {
    throw new Error(`${told.watched}, ${told.watchedBy}`);
  }
  if (told.alone.startsWith('SUCCEEDED') !== wanted.succeeds) throw new Error(told.alone);
  if (wanted.succeeds && told.aloneBy !== 'noticed by: nobody') throw new Error(told.aloneBy);
  return wanted.succeeds ? 'stopped; alone it succeeds' : 'stopped, alone too';
}
