import { processIo } from './io.ts'
import { run } from './program.ts'
import { processSignals } from './signals.ts'

// The only place that sets an exit code. The process ends by itself: what still ran would be a leak.
process.exitCode = await run(process.argv.slice(2), processIo(), processSignals)
