import type { Target } from './destination.ts'
import { createGate } from './edge.ts'
import type { Gate, Trust } from './edge.ts'
import { isToken, readHeaderName } from './header-name.ts'
import { show } from './show.ts'
import { LANE_PATTERN, laneCheck, readLane } from './value.ts'
import type { Alias, Names } from './wire.ts'

/** What can be set on a propagator. Every option has a default that fits a cluster. */
export interface PropagatorOptions {
  /** The header that carries the lane, in any case. Default `project-version`. */
  readonly header?: string
  /**
   * What a lane looks like; must match the whole value. Default: letters, digits, `-._/`, a letter or digit
   * at both ends. At most 253 characters of visible ASCII without commas, whatever the pattern.
   */
  readonly pattern?: RegExp
  /** Destinations that may have the lane beside those in the cluster. Default none. */
  readonly targets?: readonly Target[]
  /**
   * The pod's own namespace, so that `http://name.namespace` counts as in the cluster even where the
   * namespace could be a top-level domain; null for none. Default: the environment variable
   * `POD_NAMESPACE` at the time the propagator is made.
   */
  readonly namespace?: string | null
  /**
   * The lane of work that no request started (cron, consumers, start-up), usually the pod's own:
   * `process.env.PROJECT_VERSION`. A request that came without a lane does not get it. Default none, as
   * are undefined, null and the empty string.
   */
  readonly defaultLane?: string | null | undefined
  /**
   * Further names of the header, in any case, which are read where `header` is not there, in this order: the
   * first that is there counts. `{ name, write: true }` is written as well. Default none.
   */
  readonly aliases?: ReadonlyArray<string | { readonly name: string; readonly write?: boolean }>
  /**
   * How far a value that came in goes: `all` hops, or `one`, that is to this process and not on from here. A
   * value that `run` sets travels in either case. Default `all`.
   */
  readonly hops?: 'all' | 'one'
  /**
   * Whether a request may choose its lane, for services at the edge; called with the request as the framework
   * has it (`http.IncomingMessage`), for requests with a lane only. Anything but `true`, an error and a promise
   * included, is a no: the request goes on without a lane, counted as `untrusted`. Default: every request may.
   */
  readonly trust?: Trust
  /**
   * The lanes that may come in, each a lane or a RegExp for the whole of it; others are dropped, counted as
   * `not-allowed`. What the process sets by `run` is not asked. Default: all that `pattern` takes.
   */
  readonly lanes?: ReadonlyArray<string | RegExp>
  /**
   * Whether the lane is also read from and written to a member of W3C Baggage, whose key is `header` or `key`.
   * The header wins where both are there; other members stay as they are. Beside OpenTelemetry take
   * `@traffic-lanes/propagation/opentelemetry` instead: its http instrumentation overwrites this header.
   * Default false.
   */
  readonly baggage?: boolean | { readonly key: string }
}

/** Options after checking, nothing left to default. */
export interface Settings extends Names, Gate {
  readonly hops: 'all' | 'one'
  readonly pattern: RegExp
  readonly targets: readonly Target[]
  readonly namespace: string | undefined
  readonly defaultLane: string | undefined
}

/**
 * Checks options and fills in the defaults. The entries of `targets` are checked where they are compiled.
 *
 * @throws TypeError that names the option, for anything that a propagator cannot work with.
 */
export function readOptions(options: PropagatorOptions): Settings {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`Expected options to be an object, got ${show(options)}`)
  }
  for (const name of Object.keys(options)) {
    if (!KNOWN.includes(name)) {
      throw new TypeError(
        `Unknown option \`${name}\`: expected ${KNOWN.map((known) => `\`${known}\``).join(', ')}`,
      )
    }
  }
  const { header = 'project-version', pattern = LANE_PATTERN, targets = [] } = options
  const { namespace, defaultLane, aliases = [], hops = 'all', baggage = false } = options
  if (!(pattern instanceof RegExp)) {
    throw new TypeError(`Expected \`pattern\` to be a RegExp, got ${show(pattern)}`)
  }
  if (!Array.isArray(targets)) {
    throw new TypeError(`Expected \`targets\` to be an array, got ${show(targets)}`)
  }
  const name = readHeaderName(header, 'header')
  return {
    header: name,
    aliases: readAliases(aliases, name),
    baggage: readBaggage(baggage, name),
    hops: readHops(hops),
    ...createGate(options.trust, options.lanes),
    pattern,
    targets,
    namespace: namespace === undefined ? ownNamespace() : readNamespace(namespace),
    defaultLane: readDefaultLane(defaultLane, pattern),
  }
}

const KNOWN: readonly string[] = [
  'header',
  'pattern',
  'targets',
  'namespace',
  'defaultLane',
  'aliases',
  'hops',
  'trust',
  'lanes',
  'baggage',
]

// RFC 1123 label, which is what Kubernetes takes for the name of a namespace.
const LABEL = /^[a-z\d]([-a-z\d]{0,61}[a-z\d])?$/

function readAliases(aliases: unknown, header: string): Alias[] {
  if (!Array.isArray(aliases)) {
    throw new TypeError(`Expected \`aliases\` to be an array, got ${show(aliases)}`)
  }
  const seen = new Set([header])
  return aliases.map((entry: unknown, index) => {
    const { name: given, write = false }: { name?: unknown; write?: unknown } =
      typeof entry === 'object' && entry !== null ? entry : { name: entry }
    const name = readHeaderName(given, `aliases[${index}]`)
    if (typeof write !== 'boolean') {
      throw new TypeError(
        `Expected \`write\` of \`aliases[${index}]\` to be true or false, got ${show(write)}`,
      )
    }
    if (seen.has(name)) {
      throw new TypeError(`Expected \`aliases[${index}]\` to be another name, got "${name}" again`)
    }
    seen.add(name)
    return { name, write }
  })
}

function readHops(hops: unknown): 'all' | 'one' {
  if (hops === 'all' || hops === 'one') return hops
  throw new TypeError(`Expected \`hops\` to be "all" or "one", got ${show(hops)}`)
}

function readBaggage(baggage: unknown, header: string): string | undefined {
  if (baggage === false) return undefined
  if (baggage === true) return header
  const key: unknown = Reflect.get(Object(baggage), 'key')
  if (isToken(key)) return key
  throw new TypeError(
    `Expected \`baggage\` to be true, false or { key }, the key being a token, got ${show(baggage)}`,
  )
}

function readNamespace(namespace: unknown): string | undefined {
  if (namespace === null) return undefined
  if (typeof namespace !== 'string' || !LABEL.test(namespace)) {
    throw new TypeError(
      `Expected \`namespace\` to be the name of a Kubernetes namespace or null, got ${show(namespace)}`,
    )
  }
  return namespace
}

function readDefaultLane(lane: unknown, pattern: RegExp): string | undefined {
  if (lane === undefined || lane === null || lane === '') return undefined
  const reading = readLane(lane, laneCheck(pattern))
  if (reading.kind === 'lane') return reading.lane
  throw new TypeError(
    `Expected \`defaultLane\` to be a lane that \`pattern\` takes, got ${show(lane)}`,
  )
}

// Not an option but surroundings, and first read while a request is served: a wrong one is ignored.
function ownNamespace(): string | undefined {
  const namespace = process.env['POD_NAMESPACE']
  return namespace !== undefined && LABEL.test(namespace) ? namespace : undefined
}
