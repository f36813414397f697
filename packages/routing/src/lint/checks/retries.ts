import { parseDuration } from '../../mesh/duration.ts'
import type { Decision } from '../../decision.ts'
import type { Check } from '../check.ts'
import type { ExampleRequest } from '../finding.ts'
import { laneMatchOf } from '../model/lane-match.ts'
import { meshTrials } from '../model/trial.ts'
import type { VirtualServiceView } from '../model/virtual-service.ts'
import type { Part } from '../part.ts'
import type { World } from '../world.ts'

/** Retries that repeat what must not be repeated, or that never come to pass. */
export const retries: Check = {
  codes: ['TL031', 'TL032'],
  run(world, report) {
    for (const rule of world.virtualServices()) {
      for (const { part, matches } of rule.http) {
        const policy = part.get('retries')
        const on = policy.get('retryOn')
        const words = (on.text ?? '').split(',')
        const repeated = words.map((word) => word.trim()).filter((word) => isAfterTheFact(word))
        if (repeated.length > 0 && (policy.get('attempts').number ?? 0) > 0 && !isReadOnly(matches))
          report({
            code: 'TL031',
            at: on,
            message: `${repeated.join(', ')} can mean that the server has done the work: a POST is then done twice. Match \`method\` for this rule, or retry on connect-failure, refused-stream and reset-before-request only`,
            request: repeatedPost(world, rule, matches, repeated),
          })
        const tries = (policy.get('attempts').number ?? 0) + 1
        const each = duration(policy.get('perTryTimeout'))
        const whole = duration(part.get('timeout'))
        if (each === null || whole === null || tries < 2 || each < whole) continue
        report({
          code: 'TL032',
          at: policy.get('perTryTimeout'),
          message: `a first try may take ${each} ms, and the whole request has ${whole} ms: there is never a second one. Make perTryTimeout shorter than timeout, best by ${tries} times`,
          request: exampleOf(
            world,
            rule,
            matches[0],
            ({ timeout, retries: tried }) =>
              timeout !== null && (tried?.perTryTimeout ?? 0) >= timeout,
          ),
        })
      }
    }
  },
}

function exampleOf(
  world: World,
  rule: VirtualServiceView,
  match: Part | undefined,
  wanted: (decision: Decision) => boolean,
): ExampleRequest | null {
  const lane = match === undefined ? null : laneMatchOf(match, world.laneHeader)
  return world.examples.find(meshTrials(world, rule, match, lane?.value ?? null), wanted)
}

/** A POST that such a retry can do twice. */
function repeatedPost(
  world: World,
  rule: VirtualServiceView,
  matches: readonly Part[],
  repeated: readonly string[],
): ExampleRequest | null {
  const match = matches.find((one) => !one.get('method').exists)
  if (match === undefined && matches.length > 0) return null
  const lane = match === undefined ? null : laneMatchOf(match, world.laneHeader)
  const trials = meshTrials(world, rule, match, lane?.value ?? null)
  return world.examples.find(
    trials.map(({ from, url, headers = [] }) => ({
      from,
      url,
      headers,
      lane: lane?.value ?? null,
      method: 'POST',
    })),
    ({ retries: tried, outcome }) =>
      outcome.kind === 'forward' &&
      (tried?.on ?? [])
        .concat((tried?.statuses ?? []).map(String))
        .some((one) => repeated.includes(one)),
  )
}

/** Conditions that hold after the server may have got the request (Envoy: x-envoy-retry-on). */
function isAfterTheFact(word: string): boolean {
  return /^(?:5xx|gateway-error|reset|50[0-4])$/.test(word)
}

function isReadOnly(matches: readonly Part[]): boolean {
  const safe = new Set(['GET', 'HEAD', 'OPTIONS'])
  return (
    matches.length > 0 &&
    matches.every((match) => safe.has(match.get('method', 'exact').text ?? ''))
  )
}

function duration({ text }: Part): number | null {
  const ms = text === null ? null : parseDuration(text)
  return ms === null || ms === 0 ? null : ms
}
