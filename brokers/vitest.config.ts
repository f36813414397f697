import { defineConfig } from 'vitest/config'
import { installBrokers } from './support/install.ts'

const { tests, missing } = await installBrokers()
for (const reason of missing) process.stderr.write(`${reason}\n`)

/**
 * Lanes through message brokers, real ones: `pnpm test:brokers`. Each file starts its own broker on a free port
 * and in a folder of its own. One file after the other, because brokers are large.
 */
export default defineConfig({
  test: {
    name: 'brokers',
    root: import.meta.dirname,
    include: tests,
    globalSetup: ['../e2e/build.ts'],
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
})
