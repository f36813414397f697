import type { World } from '../world.ts'
import { startLineProcess } from './process.ts'
import type { LineProcess } from './process.ts'
import type { Verdict } from './verdict.ts'

export interface Oracle {
  /** Asks istiod's code about a world. Questions may be asked all at once: they wait for a free process. */
  ask(world: World, options?: { readonly dump?: boolean }): Promise<Verdict>
  /** Waits for what was asked and ends the processes. */
  close(): Promise<void>
}

export interface OracleOptions {
  /** Default: conformance/.cache/oracle, which conformance/oracle/build.sh builds. */
  readonly binary?: string
  /** How many worlds are judged at once, a process each (about 150 MB). Default: 2. */
  readonly processes?: number
}

interface Task {
  readonly world: World
  readonly dump: boolean
  readonly resolve: (verdict: Verdict) => void
}

/**
 * Worlds a process judges before another takes its place: istiod's code was made for one world, and keeps some
 * megabytes of each.
 */
const JUDGED_AT_MOST = 200

/**
 * Starts istiod's code behind a line protocol. A process that dies of a world, which Istio's own goroutines can
 * make it do, is started anew, and the world counts as crashed.
 *
 * @example
 * const oracle = startOracle()
 * const { answers } = await oracle.ask(world)
 * await oracle.close()
 */
export function startOracle({ binary = defaultBinary, processes = 2 }: OracleOptions = {}): Oracle {
  const waiting: Task[] = []
  let closing = false
  const lanes: Promise<void>[] = []
  let wake: (() => void)[] = []
  const wakeAll = () => {
    for (const each of wake.splice(0)) each()
  }
  const work = async () => {
    let process: LineProcess<Verdict> | null = null
    let judged = 0
    for (;;) {
      const task = waiting.shift()
      if (task === undefined) {
        if (closing) break
        await new Promise<void>((resolve) => wake.push(resolve))
        continue
      }
      if (process === null || !process.alive || judged >= JUDGED_AT_MOST) {
        await process?.close()
        process = startLineProcess<Verdict>(binary, ['serve'])
        judged = 0
      }
      judged += 1
      task.resolve(await askOne(process, task))
    }
    await process?.close()
  }
  for (let count = 0; count < processes; count += 1) lanes.push(work())
  return {
    ask: (world, { dump = false } = {}) =>
      new Promise((resolve) => {
        waiting.push({ world, dump, resolve })
        wakeAll()
      }),
    close: async () => {
      closing = true
      wakeAll()
      await Promise.all(lanes)
      wake = []
    },
  }
}

const defaultBinary = `${import.meta.dirname}/../../.cache/oracle`

async function askOne(process: LineProcess<Verdict>, { world, dump }: Task): Promise<Verdict> {
  try {
    return await process.ask({ ...world, dump })
  } catch (error) {
    const crashed = error instanceof Error ? error.message : String(error)
    return { id: world.id, rejected: null, crashed, answers: [], made: {}, dump: null }
  }
}
