import { describe, expect, it } from 'vitest';
import { formatVkey } from '../../src/core/vkey.ts';
import { type IndexLife, indexLife } from '../support/index-life.ts';
import { indexEvent } from '../support/index-log.ts';
import { lookupSite, SITE_URL } from '../support/lookup-site.ts';
import { type CliRun, runCli } from './run-cli.ts';

const numbered = (seq: number): Uint8Array =>
  indexEvent(seq, {
    src: { epoch: 'e1', seq, prev: seq === 0 ? null : String(seq).padStart(64, '0') },
  });

/** A log of a source that numbers its events: 1 never came. */
async function filled(): Promise<IndexLife> {
  const life = indexLife();
  life.log.append(numbered(0));
  life.log.append(numbered(2));
  await life.settle();
  return life;
}

function source(life: IndexLife, ...args: string[]): Promise<CliRun> {
  const { fetch } = lookupSite(life);
  const named = ['--vkey', formatVkey(life.log.vkey), ...args];
  return runCli(['source', SITE_URL, 'gw-1', ...named], { fetch });
}

describe('varve source', () => {
  it('prints what is missing, with the leaves that show it, and exits with 1', async () => {
    const run = await source(await filled());
    expect(run.code).toBe(1);
    expect(run.lines.map((line) => JSON.parse(line))).toMatchObject([
      { rule: 'gap', epoch: 'e1', seq: 1, evidence: [0, 1], gap: { from: 1, to: 1 } },
    ]);
    expect(run.stderr).toMatch(/^All 2 events whose leaves carry source:gw-1 among the first/);
    expect(run.stderr).toContain('findings      1\n');
    expect(run.stderr).toContain('not proven    that nothing followed number 2 of e1');
  });

  it('exits with 0 for what is accepted, and for a source of which nothing is missing', async () => {
    const run = await source(await filled(), '--accept', 'gap', '--json');
    expect(run.code).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({
      holds: true,
      sources: [{ source: 'gw-1', events: 2, epochs: [{ epoch: 'e1', lastSeq: 2 }] }],
      findings: [{ rule: 'gap' }],
    });
    const life = indexLife();
    life.log.append(numbered(0));
    await life.settle();
    expect((await source(life)).code).toBe(0);
    expect((await source(life, '--digests')).code).toBe(1);
  });

  it('exits with 1 where less is proven than is asked for', async () => {
    const life = await filled();
    const run = await source(life, '--accept', 'gap', '--require', 'audited');
    expect([run.code, run.stderr]).toEqual([1, expect.stringContaining('NOT PROVEN: gw-1')]);
    expect((await source(life, '--accept', 'gap', '--replay', '--require', 'replayed')).code).toBe(
      0,
    );
    expect((await source(life, '--range', '0:1')).code).toBe(0);
  });

  it('refuses a rule that is none, and a source that is none', async () => {
    const run = await source(await filled(), '--accept', 'gaps');
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining('no such rule')]);
    expect((await runCli(['source', SITE_URL])).code).toBe(2);
  });
});
