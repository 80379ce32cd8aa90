/** A process that runs tests again and again, each time with another check taken away: `judge.ts FOLDER FILE…`. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type DeclaredTest, declaredIn } from './declared-tests.ts';

/** What is asked: every test as it is, or some of them without a check until one fails. */
export type Question =
  | { readonly kind: 'reach' }
  | { readonly kind: 'without'; readonly check: number; readonly tests: readonly number[] };

/** What a test came to with every check in its place. */
export interface Reached {
  readonly name: string;
  readonly ms: number;
  /** Numbers of the checks that it comes to. */
  readonly checks: readonly number[];
  /** Null: it passes. */
  readonly error: string | null;
}

export type Reply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'reached'; readonly tests: readonly Reached[] }
  /** The test that fails; null: none does. */
  | { readonly kind: 'failed'; readonly name: string | null };

/** A test that takes longer has failed. */
const TEST_MS_MAX = 10_000;

let without: number | null = null;
let reached = new Set<number>();
Object.assign(globalThis, {
  stands(check: number): boolean {
    reached.add(check);
    return check !== without;
  },
});

const [folder = '', ...files] = process.argv.slice(2);
const tests: DeclaredTest[] = [];
for (const file of files) {
  const url = pathToFileURL(join(folder, 'test', file)).href;
  tests.push(...(await declaredIn(file, () => import(url))));
}
process.on('unhandledRejection', () => undefined);
process.on('message', (question: Question) => void answer(question));
tell({ kind: 'ready' });

async function answer(question: Question): Promise<void> {
  if (question.kind === 'reach') {
    const told: Reached[] = [];
    for (const test of tests) {
      reached = new Set();
      const started = performance.now();
      const error = await errorOf(test);
      told.push({ name: test.name, ms: performance.now() - started, checks: [...reached], error });
    }
    tell({ kind: 'reached', tests: told });
    return;
  }
  without = question.check;
  let name: string | null = null;
  for (const place of question.tests) {
    const test = tests[place] as DeclaredTest;
    if ((await errorOf(test)) === null) continue;
    name = test.name;
    break;
  }
  without = null;
  tell({ kind: 'failed', name });
}

async function errorOf(test: DeclaredTest): Promise<string | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`more than ${TEST_MS_MAX} ms`)), TEST_MS_MAX);
  });
  try {
    await Promise.race([test.run(), late]);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
}

function tell(reply: Reply): void {
  process.send?.(reply);
}
