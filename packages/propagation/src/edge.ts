import { show } from './show.ts'

/** As much of an inbound request as `trust` may want to look at; `http.IncomingMessage` has it. */
export interface InboundRequest {
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly socket?: { readonly remoteAddress?: string | undefined }
}

/** Tells whether an inbound request may choose its lane. Only `true` is a yes. */
export type Trust = (request: InboundRequest) => boolean

/** What a service at the edge lets in. */
export interface Gate {
  /** Whether the request may choose its lane. Never throws: a callback that fails has not said yes. */
  trusts(this: void, request: unknown): boolean
  /** Whether a lane that came in is one of those that may. */
  allows(this: void, lane: string): boolean
}

/**
 * Makes the gate for `trust` and `lanes`; without them it is open.
 *
 * @throws TypeError that names the option, where one is wrong.
 */
export function createGate(trust: unknown, lanes: unknown): Gate {
  return { trusts: createTrust(trust), allows: createAllowList(lanes) }
}

function createTrust(trust: unknown): Gate['trusts'] {
  if (trust === undefined) return () => true
  if (typeof trust !== 'function') {
    throw new TypeError(`Expected \`trust\` to be a function, got ${show(trust)}`)
  }
  return (request) => {
    try {
      // `=== true`: the promise of an async function is truthy, whatever it will say.
      return Reflect.apply(trust, undefined, [request]) === true
    } catch {
      return false
    }
  }
}

function createAllowList(lanes: unknown): Gate['allows'] {
  if (lanes === undefined) return () => true
  if (!Array.isArray(lanes)) {
    throw new TypeError(`Expected \`lanes\` to be an array, got ${show(lanes)}`)
  }
  const names = new Set<string>()
  const patterns: RegExp[] = []
  for (const [index, entry] of lanes.entries()) {
    if (typeof entry === 'string') names.add(entry)
    else if (entry instanceof RegExp) patterns.push(wholeOf(entry))
    else {
      throw new TypeError(
        `Expected \`lanes[${index}]\` to be a lane or a RegExp, got ${show(entry)}`,
      )
    }
  }
  return (lane) => names.has(lane) || patterns.some((pattern) => pattern.test(lane))
}

// The whole lane, as `pattern` does; without `g` and `y`, with which an answer depends on the one before.
function wholeOf({ source, flags }: RegExp): RegExp {
  return new RegExp(`^(?:${source})$`, flags.replaceAll(/[gy]/g, ''))
}
