// `pnpm fuzz:manifests [COUNT] [SEED]`: manifests changed at random, 100,000 of them, are read, compiled and
// asked. `pnpm test` makes fewer of the same. What goes wrong is told with the seed that shows it.
import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const [count = '100000', seed = '1'] = process.argv.slice(2)
if (![count, seed].every((number) => /^[1-9]\d*$/.test(number))) {
  console.error('Expected numbers: pnpm fuzz:manifests [COUNT] [SEED]')
  process.exit(2)
}
const vitest = ['node_modules/vitest/vitest.mjs', 'run', 'packages/routing/test/fuzz']
const { status } = spawnSync(process.execPath, [...vitest, '--testTimeout', '3600000'], {
  cwd: fileURLToPath(new URL('../', import.meta.url)),
  env: { ...process.env, LANES_FUZZ: count, LANES_FUZZ_SEED: seed },
  stdio: 'inherit',
})
process.exitCode = status ?? 1
