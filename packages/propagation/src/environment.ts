import type { PropagatorOptions } from './options.ts'
import { createPropagator } from './create-propagator.ts'
import { HOP_NAME } from './trail/hop.ts'
import type { TrailIdentity } from './trail/read-hop.ts'

/** What the environment says, and what is wrong with it. */
export interface Environment {
  readonly options: PropagatorOptions
  /** The name of this hop, where trails are to be told. */
  readonly trail?: TrailIdentity
  readonly debug: boolean
  /** A sentence for each mistake: the variable, its value, what is done instead. */
  readonly mistakes: readonly string[]
}

/**
 * Reads the variables of `register`; an empty one counts as not set, and a mistaken one is left out:
 *
 * - `LANES_HEADER`: the header that carries the lane. Default `project-version`.
 * - `LANES_TARGETS`: hosts (`api.example.com`) and globs (`*.corp`), separated by commas, that may have the
 *   lane beside those in the cluster. Default none.
 * - `LANES_DEFAULT`: the lane of work that no request started; `1` or `true` stands for the value of
 *   `PROJECT_VERSION`, `0` or `false` for none. Default none.
 * - `LANES_TRAIL`: answers each request with the header `lanes-trail`, this hop being called so:
 *   `service@version`, or `service` with the version that `PROJECT_VERSION` says, else `release`. Default none.
 * - `LANES_DEBUG`: `1` or `true` explains each decision on stderr, `0` or `false` does not. Default not.
 */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  const mistakes: string[] = []
  const header = readHeader(env['LANES_HEADER']?.trim(), mistakes)
  const targets = readTargets(env['LANES_TARGETS'] ?? '', mistakes)
  const defaultLane = readDefault(env, mistakes)
  return {
    options: { ...header, ...defaultLane, targets },
    ...readTrail(env, mistakes),
    debug: readDebug(env['LANES_DEBUG']?.trim() ?? '', mistakes),
    mistakes,
  }
}

function readHeader(text = '', mistakes: string[]): Pick<PropagatorOptions, 'header'> {
  if (text === '') return {}
  if (isTaken({ header: text })) return { header: text }
  mistakes.push(
    `LANES_HEADER is ${quote(text)}, expected the name of a header of your own: "project-version" is used`,
  )
  return {}
}

function readTargets(text: string, mistakes: string[]): string[] {
  const targets = text.split(',').map((target) => target.trim())
  return targets.filter((target) => {
    if (target === '') return false
    if (isTaken({ targets: [target] })) return true
    mistakes.push(
      `LANES_TARGETS holds ${quote(target)}, expected a host such as "api.example.com" or a glob such as "*.example.com", without scheme, port and path: it is left out`,
    )
    return false
  })
}

function readDefault(
  env: Readonly<Record<string, string | undefined>>,
  mistakes: string[],
): Pick<PropagatorOptions, 'defaultLane'> {
  const text = env['LANES_DEFAULT']?.trim() ?? ''
  const chosen = readSwitch(text)
  if (text === '' || chosen === false) return {}
  const lane = chosen === true ? env['PROJECT_VERSION']?.trim() : text
  if (lane !== undefined && lane !== '' && isTaken({ defaultLane: lane })) {
    return { defaultLane: lane }
  }
  const value = lane === undefined || lane === '' ? 'not set' : quote(lane)
  const source = chosen === true ? `, which stands for PROJECT_VERSION; that is ${value}` : ''
  mistakes.push(
    `LANES_DEFAULT is ${quote(text)}${source}, expected a lane such as "release-v1": work that no request started has none`,
  )
  return {}
}

function readTrail(
  env: Readonly<Record<string, string | undefined>>,
  mistakes: string[],
): Pick<Environment, 'trail'> {
  const text = env['LANES_TRAIL']?.trim() ?? ''
  if (text === '') return {}
  const [service = '', version = env['PROJECT_VERSION']?.trim() || 'release', ...rest] =
    text.split('@')
  if (rest.length === 0 && HOP_NAME.test(`${service}@${version}`)) {
    return { trail: { service, version } }
  }
  mistakes.push(
    `LANES_TRAIL is ${quote(text)}, expected a name such as "testaaa" or "testaaa@release-v1": no trail is told`,
  )
  return {}
}

function readDebug(text: string, mistakes: string[]): boolean {
  const chosen = text === '' ? false : readSwitch(text)
  if (chosen === undefined) {
    mistakes.push(`LANES_DEBUG is ${quote(text)}, expected 1 or 0: nothing is explained`)
  }
  return chosen === true
}

function readSwitch(text: string): boolean | undefined {
  const word = text.toLowerCase()
  if (word === '1' || word === 'true') return true
  if (word === '0' || word === 'false') return false
  return undefined
}

function isTaken(options: PropagatorOptions): boolean {
  try {
    createPropagator(options)
    return true
  } catch {
    return false
  }
}

// One line, whatever the value holds.
function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text)
}
