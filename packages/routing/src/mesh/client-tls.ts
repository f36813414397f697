import { dig } from '../manifest/dig.ts'
import type { Path, Resource } from '../manifest/resource.ts'

/** What a DestinationRule makes the proxies of callers speak, and where it says so. */
export interface ClientTls {
  /** `DISABLE`, `SIMPLE`, `MUTUAL` or `ISTIO_MUTUAL`. */
  readonly mode: string
  readonly path: Path
}

/**
 * The TLS that a DestinationRule sets for a port of its host; null where it sets none, and proxies follow what the server
 * takes. The settings of a port hide those around them, also where they set no TLS; a subset's win over the rule's
 * (istio: pilot/pkg/networking/util/util.go, MergeSubsetTrafficPolicy).
 *
 * @param subset null: the cluster of the host without a subset
 */
export function clientTls(
  { body }: Resource,
  subset: string | null,
  port: number,
): ClientTls | null {
  const subsets = dig(body, 'spec', 'subsets')
  const index = Array.isArray(subsets)
    ? subsets.findIndex((one) => dig(one, 'name') === subset)
    : -1
  const own =
    subset === null ? null : policyFor(body, ['spec', 'subsets', index, 'trafficPolicy'], port)
  const whole = policyFor(body, ['spec', 'trafficPolicy'], port)
  const at = own !== null && (own.isOfPort || hasTls(body, own.path)) ? own : whole
  if (at === null || !hasTls(body, at.path)) return null
  const path = [...at.path, 'tls', 'mode']
  const mode = dig(body, ...path)
  // The first of the enum is what protobuf takes for absent.
  return { mode: typeof mode === 'string' ? mode : 'DISABLE', path }
}

function hasTls(body: unknown, path: Path): boolean {
  const tls = dig(body, ...path, 'tls')
  return tls !== undefined && tls !== null
}

function policyFor(
  body: unknown,
  path: Path,
  port: number,
): { readonly path: Path; readonly isOfPort: boolean } | null {
  const policy = dig(body, ...path)
  if (policy === undefined || policy === null) return null
  const settings = dig(policy, 'portLevelSettings')
  const index = Array.isArray(settings)
    ? settings.findIndex((one) => dig(one, 'port', 'number') === port)
    : -1
  return index === -1
    ? { path, isOfPort: false }
    : { path: [...path, 'portLevelSettings', index], isOfPort: true }
}
