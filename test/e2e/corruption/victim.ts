import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { attempt, type Plan } from './attempt.ts';
import { dataFolderOf } from './data-folder.ts';

/*
 * node victim.ts PLAN FOLDER: makes the attempts of a plan that its input names, a number a line, and prints a line of
 * JSON for each stage that it enters and each attempt that it ends. LevelDB may end the process at any of them.
 */
const [file = '', folder = ''] = process.argv.slice(2);
const plan = JSON.parse(readFileSync(file, 'utf8')) as Plan;
const work = dataFolderOf(folder);
for await (const line of createInterface({ input: process.stdin })) {
  try {
    const tell = (stage: string): void => console.log(JSON.stringify({ stage }));
    console.log(JSON.stringify({ result: await attempt(plan, Number(line), work, tell) }));
  } catch (error) {
    const detail = `threw ${error instanceof Error ? error.stack : error}`;
    console.log(JSON.stringify({ result: { where: 'wrong', detail } }));
  }
}
