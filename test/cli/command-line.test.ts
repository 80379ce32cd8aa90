import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { runCli } from './run-cli.ts';

describe('varve', () => {
  it('lists its commands', async () => {
    const { code, stdout } = await runCli(['--help']);
    expect(code).toBe(0);
    for (const { name } of COMMANDS) expect(stdout).toContain(`\n  ${name}`);
  });

  it('without a command says the same on stderr, and fails', async () => {
    const { code, stdout, stderr } = await runCli([]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('serve');
  });

  it('tells its version', async () => {
    expect((await runCli(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('refuses a command that it does not know', async () => {
    const { code, stderr } = await runCli(['sevre']);
    expect([code, stderr]).toEqual([
      2,
      "varve: 'sevre' is no command. 'varve --help' lists them.\n",
    ]);
    expect((await runCli(['help', 'sevre'])).code).toBe(2);
  });

  it.each(COMMANDS.map(({ name }) => name))('tells how %s is called', async (name) => {
    const { code, stdout } = await runCli([name, '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^varve ${name}`));
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect((await runCli(['help', name])).stdout).toBe(stdout);
  });

  it.each(COMMANDS.map(({ name }) => name))(
    'refuses a flag that %s does not know',
    async (name) => {
      const { code, stdout, stderr } = await runCli([name, '--no-such-flag']);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain("config.malformed: Unknown option '--no-such-flag'");
      expect(stderr).toContain(`varve ${name} --help`);
    },
  );
});
