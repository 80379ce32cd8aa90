/**
 * The use cases, played to their end: `npm run test:stories`. Real servers with their index, real HTTP, real files; each
 * story ends with its lookup and its proof, verified again when nobody serves any more, and with what is not proven.
 */
import { join } from 'node:path';
import type { Report } from '../e2e/report.ts';
import { openSuite } from '../e2e/suite.ts';
import { adminErases } from './admin-erases.ts';
import { agentCallsApi } from './agent-calls-api.ts';
import { deployment } from './deployment.ts';
import { machineSpeed } from './machine-speed.ts';
import { secretsWindow } from './secrets-window.ts';

/** A story: what it needs is made under a folder of its own. */
type Story = (report: Pick<Report, 'check'>, work: string) => Promise<void>;

const STORIES: ReadonlyMap<string, Story> = new Map([
  ['agent-calls-api', agentCallsApi],
  ['secrets-window', secretsWindow],
  ['admin-erases', adminErases],
  ['deployment', deployment],
  ['machine-speed', machineSpeed],
]);

const only = process.argv.slice(2);
const { report, folder, play } = openSuite('stories');
const queue = [...STORIES].filter(([name]) => only.length === 0 || only.includes(name));
// Two at a time: they mostly wait, for processes to start and for witnesses.
const lane = async (): Promise<void> => {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [name, story] = next;
    const named: Pick<Report, 'check'> = {
      check: (what, run) => report.check(`${name}: ${what}`, run),
    };
    try {
      await story(named, join(folder, name));
    } catch (error) {
      report.fail(`${name} is told to its end`, error);
    }
  }
};
await play(async () => {
  await Promise.all([lane(), lane()]);
});
