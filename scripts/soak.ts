import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A suite at its full size, and what it shows. */
interface Campaign {
  readonly shows: string;
  /** npm script and its arguments. */
  readonly script: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const CAMPAIGNS: readonly Campaign[] = [
  { shows: 'foreign clients accept every size and refuse every lie', script: 'test:foreign' },
  {
    shows: 'the hammer writes 20,000 leaves, twice; the CT client reads',
    script: 'test:clients',
    args: ['--leaves', '20000'],
  },
  {
    shows: '50 deaths under load, 20 at least inside a commit',
    script: 'test:kill',
    args: ['--rounds', '50', '--inside', '20'],
  },
  {
    shows: 'more than a server can take, from a hundred emitters and large bodies',
    script: 'test:overload',
    args: ['--full'],
  },
  { shows: 'a flush before every answer', script: 'test:durability' },
  {
    shows: 'a witness over the wire, killed at 20 moments of a request',
    script: 'test:witness',
    args: ['--kills', '20'],
  },
  {
    shows: "aics-witness cosigns our log, Tessera's client asks our witness",
    script: 'test:witness-foreign',
  },
  {
    shows: 'forks and rollbacks beside real witnesses; admission beside a bad one in five pairs',
    script: 'test:forks',
    args: ['--full'],
  },
  {
    shows: 'every file of a stopped store damaged at many places',
    script: 'test:corruption',
    args: ['--entries', '8000', '--places', '6', '--opaque-places', '8', '--flips', '60'],
  },
  {
    shows: '10,000 schedules of faults and crashes',
    script: 'test:simulation',
    env: { SCHEDULES: '10000' },
  },
  {
    shows: 'an index through deaths, and a key of a million events in bounded memory',
    script: 'test:index',
    args: ['--events', '1000000'],
  },
  {
    shows: 'Go and we refuse every one-bit mutation of 20 proofs of the index',
    script: 'test:index-foreign',
    args: ['--full'],
  },
  {
    shows: 'the first receipt after 1,000,000 events and a restart',
    script: 'test:sameness',
    args: ['--events', '1000000'],
  },
];

/*
 * `npm run soak [-- SCRIPT…]`: every campaign at its full size, its counts and its last lines into `test/SOAK.md`, which is
 * committed. Campaigns that are not named keep what they have there.
 */
const RESULTS = join(import.meta.dirname, '..', 'test', 'SOAK.md');
const only = process.argv.slice(2);
let failed = false;
for (const campaign of CAMPAIGNS) {
  if (only.length > 0 && !only.includes(campaign.script)) continue;
  const started = performance.now();
  const { code, lines } = await runCampaign(campaign);
  const seconds = Math.round((performance.now() - started) / 1000);
  const counts = lines.findLast((line) => /^\d+ passed, \d+ failed$/.test(line)) ?? 'no counts';
  failed ||= code !== 0;
  keep(campaign, [`${counts}, exit code ${code}, ${seconds} s`, conditions()], lines);
}
process.exit(failed ? 1 : 0);

function runCampaign(
  campaign: Campaign,
): Promise<{ readonly code: number | null; readonly lines: readonly string[] }> {
  return new Promise((resolve) => {
    const child = spawn(
      'npm',
      ['run', '--silent', campaign.script, '--', ...(campaign.args ?? [])],
      {
        env: { ...process.env, ...campaign.env, NO_COLOR: '1' },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const lines: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      console.log(line);
    });
    child.on('close', (code) => resolve({ code, lines }));
  });
}

/** Replaces the campaign's part of the results. */
function keep(campaign: Campaign, facts: readonly string[], lines: readonly string[]): void {
  const env = Object.entries(campaign.env ?? {}).map(([name, value]) => `${name}=${value} `);
  const args = campaign.args === undefined ? '' : ` -- ${campaign.args.join(' ')}`;
  const title = `## ${campaign.script}`;
  const part = [
    title,
    `${campaign.shows[0]?.toUpperCase()}${campaign.shows.slice(1)}.`,
    `\`${env.join('')}npm run ${campaign.script}${args}\``,
    ...facts,
    ['```', ...lines.slice(-60).map((line) => line.slice(0, 160)), '```'].join('\n'),
  ].join('\n\n');
  const parts = readResults().filter((other) => !other.startsWith(`${title}\n`));
  const head = '# Campaigns at their full size\n\nWritten by `npm run soak`.';
  writeFileSync(RESULTS, `${[head, ...[...parts, part].sort()].join('\n\n')}\n`);
}

function readResults(): readonly string[] {
  try {
    return readFileSync(RESULTS, 'utf8')
      .split(/\n(?=## )/)
      .slice(1)
      .map((part) => part.trim());
  } catch {
    return [];
  }
}

/** Commit, machine and runtime: a count without them says little. */
function conditions(): string {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  return `Commit ${commit}, Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}.`;
}
