import { clientOf } from './finding.ts'
import type { Finding, FindingKind } from './finding.ts'
import type { HardCoded, TracedCall } from './watch.ts'

/** The calls that the app made while requests of ours were under way, and nothing else was. */
export interface Round {
  /** `GET /`, for sentences. */
  readonly name: string
  /** The lane of the request; undefined for one without. */
  readonly lane: string | undefined
  readonly calls: readonly TracedCall[]
  readonly hardCoded: readonly HardCoded[]
}

/** What is wrong with the calls of one request that was alone. */
export function judgeRound({ name, lane, calls, hardCoded }: Round): Finding[] {
  const inside = calls.filter(({ internal }) => internal)
  return [
    ...inside
      .filter((call) => call.lane !== lane)
      .map((call) =>
        lane === undefined || call.lane !== undefined ? mixed(call, name, lane) : lost(call, name),
      ),
    ...calls
      .filter((call) => !call.internal && call.lane !== undefined)
      .map((call) => leaked(call, name)),
    ...hardCoded.map((call) => written(call, name)),
  ]
}

/**
 * What is wrong with the calls of requests that were under way at once: each lane must be on as many calls, of each
 * line of the app, as when its request was alone.
 */
export function judgeTogether(
  { name, lane: own, calls: alone }: Pick<Round, 'name' | 'lane' | 'calls'>,
  lanes: readonly string[],
  together: readonly TracedCall[],
): Finding[] {
  const findings: Finding[] = []
  const keys = new Set(alone.filter(({ internal }) => internal).map(keyOf))
  for (const key of keys) {
    const expected = alone.filter((call) => keyOf(call) === key && call.lane === own).length
    const calls = together.filter((call) => keyOf(call) === key)
    const off = lanes.filter(
      (lane) => calls.filter((call) => call.lane === lane).length !== expected,
    )
    const [sample] = calls
    if (off.length === 0 || sample === undefined) continue
    findings.push(
      finding('mixed', sample, {
        what: `Of ${lanes.length} requests (${name}) at once, ${off.length} had their lane on a wrong number of calls: calls are made in the scope of another request`,
        cure: CURE_QUEUE,
      }),
    )
  }
  return findings
}

/** One of each kind at each line. */
export function uniqueFindings(findings: readonly Finding[]): Finding[] {
  const unique = new Map<string, Finding>()
  for (const each of findings) {
    const key = `${each.kind} ${each.at} ${each.client} ${new URL(each.url).host}`
    if (!unique.has(key)) unique.set(key, each)
  }
  return [...unique.values()]
}

function keyOf({ origin, method, url }: TracedCall): string {
  return `${method} ${origin.at ?? new URL(url).host}`
}

function lost(call: TracedCall, name: string): Finding {
  return finding('lost', call, { what: `A call for ${name} carried no lane`, cure: CURE_QUEUE })
}

function mixed(call: TracedCall, name: string, lane: string | undefined): Finding {
  const own = lane === undefined ? 'which has none' : `whose lane is ${lane}`
  return finding('mixed', call, {
    what: `A call for ${name}, ${own}, carried the lane ${String(call.lane)}`,
    cure: 'Do not set the header by hand, and keep no headers between requests; a queue or pool that runs work of several requests needs bind()',
  })
}

function leaked(call: TracedCall, name: string): Finding {
  return finding('leaked', call, {
    what: `A call for ${name} took the lane to a third party: ${call.reason}`,
    cure: 'Do not set the header by hand',
  })
}

function written(call: HardCoded, name: string): Finding {
  return finding('leaked', call, {
    what: `A call for ${name} to a third party had the header set by the app; the wire guard took it off`,
    cure: 'Do not set the header by hand; without the preload it would have gone out. A host that may have it goes into LANES_TARGETS',
  })
}

const CURE_QUEUE =
  'The work was handed to code that runs it later, outside of its request: tie it to the request with bind(fn), bindEmitter(emitter) or snapshot() where it is handed over'

function finding(
  kind: FindingKind,
  { url, origin }: HardCoded,
  text: Pick<Finding, 'what' | 'cure'>,
): Finding {
  const { at = null, startedAt = null } = origin
  return { kind, ...text, at, startedAt, client: clientOf(origin), url }
}
