import { createHook, executionAsyncId } from 'node:async_hooks'
import { sitesIn } from './stack.ts'

/** Where a call came from. */
export interface Origin {
  /** The line of the app that is nearest to the call: `/app/cart.js:12:5`. */
  readonly at: string | undefined
  /**
   * The line of the app that started it all: a timer, a queue, a listener. Undefined where that is the same line, or
   * a request that came in.
   */
  readonly startedAt: string | undefined
  /** Packages between the line of the app and the call, the one nearest to the app first. */
  readonly packages: readonly string[]
}

interface Step {
  readonly type: string
  readonly parent: number
  readonly stack: string
}

/** Node's name for a request that came in: what runs below it belongs to that request. */
const INBOUND = 'HTTPINCOMINGMESSAGE'

/** The steps that are kept; an app that makes more between two requests of ours loses the oldest. */
const MAX_STEPS = 200_000

const steps = new Map<number, Step>()

/** Notes, from now on, where each asynchronous step of the process was started. Slow, which does not matter here. */
export function followAsyncSteps(): void {
  const hook = createHook({
    init(id, type) {
      steps.set(id, { type, parent: executionAsyncId(), stack: stackOfNow() })
      if (steps.size <= MAX_STEPS) return
      const [oldest] = steps.keys()
      if (oldest !== undefined) steps.delete(oldest)
    },
  })
  hook.enable()
}

/** Where the code that runs now came from, back over the asynchronous steps that led here. */
export function originOfNow(): Origin {
  const sites: string[] = []
  const packages: string[] = []
  const add = (stack: string): void => {
    const found = sitesIn(stack)
    if (sites.length === 0) packages.unshift(...found.packages)
    sites.push(...found.sites)
  }
  add(stackOfNow())
  let step = steps.get(executionAsyncId())
  // A step is always younger than its parent, so that this ends.
  while (step !== undefined && step.type !== INBOUND) {
    add(step.stack)
    step = steps.get(step.parent)
  }
  const [at] = sites
  const last = step?.type === INBOUND ? at : sites.at(-1)
  return { at, startedAt: last === at ? undefined : last, packages: [...new Set(packages)] }
}

function stackOfNow(): string {
  const before = Error.stackTraceLimit
  // fetch alone takes thirty frames of it.
  Error.stackTraceLimit = 100
  const { stack = '' } = new Error('here')
  Error.stackTraceLimit = before
  return stack
}
