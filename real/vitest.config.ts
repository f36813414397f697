import { defineConfig } from 'vitest/config'

/**
 * Tests that need programs which npm does not install: `pnpm test:real`. One file after the other, because
 * several of them load the machine and time what happens.
 */
export default defineConfig({
  test: {
    name: 'real',
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    globalSetup: ['../e2e/build.ts', 'support/install.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
