import { chai, JestAsymmetricMatchers, JestChaiExpect, JestExtend } from '@vitest/expect';

/** A test that was declared and can be run any number of times. */
export interface DeclaredTest {
  /** Its file and the names of its groups and its own. */
  readonly name: string;
  run(): Promise<void>;
}

type Body = (...given: never[]) => unknown;

interface Group {
  readonly name: string;
  readonly before: Body[];
  isReady: Promise<void> | null;
}

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);

const declared: DeclaredTest[] = [];
let groups: Group[] = [];

/**
 * Loads a file of tests and returns what it declares. It stands in for the part of vitest that these files use, because a
 * test is run here hundreds of times in one process, each time with another check taken away.
 */
export async function declaredIn(
  name: string,
  load: () => Promise<unknown>,
): Promise<DeclaredTest[]> {
  declared.length = 0;
  groups = [{ name, before: [], isReady: null }];
  await load();
  return declared.slice();
}

/** @public For the files of tests, in the place of vitest's. */
export const expect: unknown = Object.assign(
  (value: unknown, message?: string) => chai.expect(value, message),
  {},
);

/** @public */
export function describe(name: string, body: () => void): void {
  groups = [...groups, { name, before: [], isReady: null }];
  body();
  groups = groups.slice(0, -1);
}

/** @public */
export function beforeAll(body: Body): void {
  groups.at(-1)?.before.push(body);
}

/** @public */
export const it: unknown = Object.assign(declare, {
  each: (cases: readonly unknown[]) => (name: string, body: Body) => {
    for (const one of cases) {
      const given = Array.isArray(one) ? one : [one];
      let next = 0;
      declare(
        name.replaceAll(/%[sdji]/g, () => String(given[next++])),
        () => body(...(given as never[])),
      );
    }
  },
});

function declare(name: string, body: Body): void {
  const own = groups;
  declared.push({
    name: [...own.map((group) => group.name), name].join(' > '),
    async run() {
      for (const group of own) {
        group.isReady ??= (async () => {
          for (const before of group.before) await before();
        })();
        await group.isReady;
      }
      await body();
    },
  });
}
