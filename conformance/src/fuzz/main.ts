import { readOptions, usage } from './options.ts'
import type { Options } from './options.ts'
import { run } from './run.ts'

let options: Options | undefined
try {
  options = readOptions()
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
  process.exitCode = 2
}
if (options !== undefined) process.exitCode = (await run(options)) ? 0 : 1
