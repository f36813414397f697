import { fileURLToPath } from 'node:url'

/** The program that was built. */
export const BIN = fileURLToPath(new URL('../packages/cli/bin/lanes.js', import.meta.url))
