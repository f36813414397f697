import { readOptions, usage } from './options.ts'
import type { Options } from './options.ts'
import { run } from './run.ts'

const options = process.argv.includes('--help') ? null : read()
if (options === null) console.log(usage)
else if (options !== undefined) process.exitCode = (await run(options)) ? 0 : 1

function read(): Options | undefined {
  try {
    return readOptions()
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
    process.exitCode = 2
    return undefined
  }
}
