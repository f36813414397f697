import { dig } from '../../manifest/dig.ts'
import type { World } from '../world.ts'

/** What the ConfigMap of Istio's injection webhook says. */
export interface Injector {
  /** Whether pods of namespaces that say nothing get a sidecar too. */
  readonly byDefault: boolean
  /** The image of the sidecars; null where it cannot be read. */
  readonly image: string | null
}

/**
 * The webhooks of the manifests, by the names of their ConfigMaps: `istio-sidecar-injector`, with `-REVISION` behind it for
 * one of a revision (istio: pkg/config/analysis/analyzers/injection).
 */
export function injectors(world: World): ReadonlyMap<string, Injector> {
  const found = new Map<string, Injector>()
  for (const { name, body } of world.of('', 'ConfigMap')) {
    if (!name.startsWith(prefix)) continue
    const values = parse(dig(body, 'data', 'values'))
    const enabled = dig(values, 'sidecarInjectorWebhook', 'enableNamespacesByDefault')
    found.set(name, { byDefault: enabled === true, image: imageOf(values) })
  }
  return found
}

/** The name of a revision's ConfigMap; null: the default revision's. */
export function injectorName(revision: string | null): string {
  return revision === null || revision === '' || revision === 'default'
    ? prefix
    : `${prefix}-${revision}`
}

const prefix = 'istio-sidecar-injector'

function imageOf(values: unknown): string | null {
  const text = (...path: readonly string[]): string => {
    const value = dig(values, ...path)
    return typeof value === 'string' ? value : ''
  }
  if (values === null) return null
  const image = text('global', 'proxy', 'image')
  return image.includes('/') ? image : `${text('global', 'hub')}/${image}:${text('global', 'tag')}`
}

function parse(text: unknown): unknown {
  if (typeof text !== 'string') return null
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return null
  }
}
