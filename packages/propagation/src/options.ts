import type { Target } from './destination.ts'
import { show } from './show.ts'
import { LANE_PATTERN, laneCheck, readLane } from './value.ts'

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
}

/** Options after checking, nothing left to default. */
export interface Settings {
  readonly header: string
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
  const { namespace, defaultLane } = options
  if (!(pattern instanceof RegExp)) {
    throw new TypeError(`Expected \`pattern\` to be a RegExp, got ${show(pattern)}`)
  }
  if (!Array.isArray(targets)) {
    throw new TypeError(`Expected \`targets\` to be an array, got ${show(targets)}`)
  }
  return {
    header: readHeaderName(header),
    pattern,
    targets,
    namespace: namespace === undefined ? ownNamespace() : readNamespace(namespace),
    defaultLane: readDefaultLane(defaultLane, pattern),
  }
}

const KNOWN: readonly string[] = ['header', 'pattern', 'targets', 'namespace', 'defaultLane']

// `token` of RFC 9110, 5.6.2.
const TOKEN = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/

// What HTTP itself needs (RFC 9110, 7.6.1, and message framing): a client refuses or rewrites them.
const RESERVED: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

// RFC 1123 label, which is what Kubernetes takes for the name of a namespace.
const LABEL = /^[a-z\d]([-a-z\d]{0,61}[a-z\d])?$/

function readHeaderName(header: unknown): string {
  if (typeof header !== 'string' || !TOKEN.test(header)) {
    throw new TypeError(`Expected \`header\` to be the name of an HTTP header, got ${show(header)}`)
  }
  const name = header.toLowerCase()
  // `in`: a property that every object has (`constructor`, `__proto__`) cannot be told from a header.
  if (RESERVED.has(name) || name in {}) {
    throw new TypeError(`Expected \`header\` to be free for own use, got ${show(header)}`)
  }
  return name
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
