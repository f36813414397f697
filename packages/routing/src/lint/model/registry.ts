import { resolveHost } from '../../mesh/host.ts'
import type { Labels } from '../../mesh/labels.ts'
import type { ServiceEntryView } from './service-entry.ts'
import type { ServiceView } from './service.ts'

/** A host that a route may lead to. */
export interface RegisteredHost {
  readonly ports: readonly number[]
  /** Of a ServiceEntry that selects pods; empty for every other one. */
  readonly workloadSelector: Labels
}

/**
 * Services and ServiceEntries by the namespaces that see them, in the way of Istio's analyzers: a scope is a
 * namespace or `*` (istio: pkg/config/analysis/analyzers/util/service_lookup.go).
 */
export class Registry {
  readonly #hosts = new Map<string, RegisteredHost>()
  readonly #wildcards: { scope: string; suffix: string; host: RegisteredHost }[] = []

  constructor(services: readonly ServiceView[], entries: readonly ServiceEntryView[]) {
    for (const { resource, hosts, ports, exportTo, workloadSelector } of entries) {
      const { namespace } = resource
      const registered = { ports: ports.map(({ number }) => number), workloadSelector }
      for (const host of hosts) {
        for (const scope of scopesOf(exportTo, namespace))
          this.#add(scope, namespace, host, registered)
      }
    }
    for (const { resource, ports } of services) {
      const { name, namespace, annotations } = resource
      const registered = { ports: ports.map(({ port }) => port), workloadSelector: {} }
      const written = annotations['networking.istio.io/exportTo'] ?? ''
      const exportTo = written === '' ? [] : written.split(',').map((one) => one.trim())
      const scopes = exportTo.length === 0 ? ['*'] : exportTo.map((one) => local(one, namespace))
      for (const scope of scopes) this.#add(scope, namespace, name, registered)
    }
  }

  /** What a host in a rule of `namespace` leads to; `exportTo` is the rule's. */
  find(namespace: string, exportTo: readonly string[], host: string): RegisteredHost | null {
    const scopes = [
      '*',
      ...(exportTo.length === 0 ? [namespace] : exportTo.map((one) => local(one, namespace))),
    ]
    for (const scope of scopes) {
      const found = this.#hosts.get(key(scope, namespace, host))
      if (found !== undefined) return found
    }
    const bare = host.replace(/^\*/, '')
    const wildcard = this.#wildcards.find(
      ({ scope, suffix }) => (scope === '*' || scope === namespace) && bare.endsWith(suffix),
    )
    return wildcard?.host ?? null
  }

  #add(scope: string, namespace: string, host: string, registered: RegisteredHost): void {
    this.#hosts.set(key(scope, namespace, host), registered)
    if (host.startsWith('*'))
      this.#wildcards.push({ scope, suffix: host.slice(1), host: registered })
  }
}

/** The scopes of a list of `exportTo`: `*` alone where it is among them. */
export function scopesOf(exportTo: readonly string[], namespace: string): readonly string[] {
  if (exportTo.length === 0 || exportTo.includes('*')) return ['*']
  return [...new Set(exportTo.map((one) => local(one, namespace)))]
}

function local(scope: string, namespace: string): string {
  return scope === '.' ? namespace : scope
}

function key(scope: string, namespace: string, host: string): string {
  return `${scope}/${resolveHost(host, namespace)}`
}
