import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Question, Reply } from './judge.ts';

/** A check without which a test does not even end in this time is missed by it. */
const JUDGE_MS_MAX = 45_000;
/** All tests together, as they are. */
const REACH_MS_MAX = 300_000;

/** A process that runs the tests; it is started again if one never ends. */
export class Judge {
  readonly #args: readonly string[];
  #process: ChildProcess | null = null;

  /** @param args  of `judge.ts` */
  constructor(args: readonly string[]) {
    this.#args = args;
  }

  /** Null: the process said nothing in time, and was ended. */
  async ask(question: Question): Promise<Reply | null> {
    const running = this.#process ?? (await this.#start());
    const reply = replyOf(running, question.kind === 'reach' ? REACH_MS_MAX : JUDGE_MS_MAX);
    running.send(question);
    const told = await reply;
    if (told === null) this.end();
    return told;
  }

  end(): void {
    this.#process?.kill('SIGKILL');
    this.#process = null;
  }

  async #start(): Promise<ChildProcess> {
    const file = join(import.meta.dirname, 'judge.ts');
    const execArgv = ['--conditions=varve-source', '--import', 'tsx'];
    const started = fork(file, this.#args, { execArgv });
    this.#process = started;
    if ((await replyOf(started, JUDGE_MS_MAX)) === null)
      throw new Error('the judge does not start');
    return started;
  }
}

function replyOf(from: ChildProcess, ms: number): Promise<Reply | null> {
  return new Promise((resolve) => {
    const done = (reply: Reply | null): void => {
      clearTimeout(timer);
      from.off('message', told);
      from.off('exit', ended);
      resolve(reply);
    };
    const told = (reply: unknown): void => done(reply as Reply); // Both sides are of one program.
    const ended = (): void => done(null);
    const timer = setTimeout(ended, ms);
    from.on('message', told);
    from.on('exit', ended);
  });
}
