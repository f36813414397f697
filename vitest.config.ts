import { defineConfig } from 'vitest/config'

// `pnpm test`: unit tests import sources, so that no stale build can answer for them. `pnpm test:e2e`: real
// processes of what was built, which takes longer than a minute on a busy machine.
const sources = [
  {
    find: /^@traffic-lanes\/([^/]+)$/,
    replacement: `${import.meta.dirname}/packages/$1/src/index.ts`,
  },
  {
    find: /^@traffic-lanes\/([^/]+)\/(.+)$/,
    replacement: `${import.meta.dirname}/packages/$1/src/$2.ts`,
  },
]

const isolated = '{packages,services}/*/test/**/*.isolated.test.ts'

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias: sources },
        test: {
          name: 'unit',
          include: ['{packages,services}/*/test/**/*.test.ts', 'conformance/test/**/*.test.ts'],
          exclude: [isolated],
          // A process for each file would take longer than the tests.
          isolate: false,
        },
      },
      {
        resolve: { alias: sources },
        // What a process does once, at first use, needs a process of its own.
        test: { name: 'isolated', include: [isolated] },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          globalSetup: ['e2e/build.ts'],
          // They wait for processes more than they work; alone, since they would blur the timing of others.
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
