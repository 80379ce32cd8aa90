/** What is asked about: a log, how far, and leaf hashes of entries beyond what is published. */
export interface Asked {
  readonly log: string;
  /** Indices and sizes up to here. */
  readonly upTo: number;
  readonly hashes: readonly string[];
  /** Lookup keys of events beyond what is published. */
  readonly keys: readonly string[];
}

/** Everything that can be asked under each route that is read from, by its pattern. */
export const QUESTIONS: Readonly<Record<string, (asked: Asked) => readonly string[]>> = {
  '/healthz': () => ['/healthz'],
  '/readyz': () => ['/readyz'],
  '/metrics': () => ['/metrics'],
  '/openapi.json': () => ['/openapi.json'],
  '/:log/checkpoint': ({ log }) => [`/${log}/checkpoint`],
  '/:log/checkpoints/:size': (asked) => each(asked, (n) => [`checkpoints/${n}`]),
  '/:log/tile/entries/*': (asked) => tiles(asked, 'entries'),
  '/:log/tile/:level{[0-9]+}/*': (asked) => ['0', '1', '2'].flatMap((level) => tiles(asked, level)),
  '/:log/entries/:index': (asked) => each(asked, (n) => [`entries/${n}`]),
  '/:log/entries/:index/proof': (asked) =>
    each(asked, (n) => [`entries/${n}/proof`, `entries/0/proof?size=${n}`]),
  '/:log/entries/:index/openings': (asked) => each(asked, (n) => [`entries/${n}/openings`]),
  '/:log/erase': ({ log }) => [`/${log}/erase`],
  '/:log/hold': ({ log }) => [`/${log}/hold`],
  '/:log/ct/v1/get-sth': ({ log }) => [`/${log}/ct/v1/get-sth`],
  '/:log/ct/v1/get-sth-consistency': (asked) =>
    each(asked, (n) => [`ct/v1/get-sth-consistency?first=1&second=${n}`]),
  '/:log/ct/v1/get-proof-by-hash': ({ log, hashes, upTo }) =>
    hashes.flatMap((hash) =>
      [1, 5, 6, 7, upTo].map((size) => {
        return `/${log}/ct/v1/get-proof-by-hash?hash=${encodeURIComponent(hash)}&tree_size=${size}`;
      }),
    ),
  '/:log/ct/v1/get-entries': (asked) =>
    each(asked, (n) => [
      `ct/v1/get-entries?start=${n}&end=${n + 5}`,
      `ct/v1/get-entries?start=0&end=${n}`,
    ]),
  '/:log/ct/v1/get-entry-and-proof': (asked) =>
    each(asked, (n) => [
      `ct/v1/get-entry-and-proof?leaf_index=0&tree_size=${n}`,
      `ct/v1/get-entry-and-proof?leaf_index=${n}&tree_size=${asked.upTo}`,
    ]),
  '/:log/lookup': ({ log, keys }) =>
    keys.map((key) => `/${log}/lookup?key=${encodeURIComponent(key)}`),
  '/:log/audits': ({ log }) => [`/${log}/audits`],
};

function each({ log, upTo }: Asked, questionsOf: (n: number) => readonly string[]): string[] {
  return Array.from({ length: upTo + 1 }, (_, n) => questionsOf(n))
    .flat()
    .map((question) => `/${log}/${question}`);
}

/** Every width of the first two tiles of a level. */
function tiles({ log }: Asked, level: string): string[] {
  return ['000', '001'].flatMap((index) =>
    Array.from({ length: 256 }, (_, i) => {
      const suffix = i === 255 ? index : `${index}.p/${i + 1}`;
      return `/${log}/tile/${level}/${suffix}`;
    }),
  );
}
