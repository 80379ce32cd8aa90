import { availableParallelism } from 'node:os';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

const node = ['varve-source', 'node', 'import', 'default'];
const noble = ['varve-noble', ...node];

/** Both backends of `#sha256` and `#ed25519` run the pure rooms; everything else runs once, on node:crypto. */
const config: ViteUserConfig = defineConfig({
  test: {
    // All cores: by itself vitest leaves one idle, which is half of a machine of two.
    maxWorkers: availableParallelism(),
    projects: [
      {
        resolve: { conditions: node },
        ssr: { resolve: { conditions: node } },
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**'],
          testTimeout: 60_000,
        },
      },
      {
        resolve: { conditions: noble },
        ssr: { resolve: { conditions: noble } },
        test: {
          name: 'noble',
          include: ['test/core/**/*.test.ts', 'test/event/**/*.test.ts'],
          testTimeout: 120_000,
        },
      },
    ],
  },
});

export default config;
