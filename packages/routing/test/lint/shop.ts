import { app, caller, subsets, virtualService } from '../world.ts'
import type { Rule } from '../world.ts'

/** A Service `shop` with a baseline and a lane, and its neighbour `caller`. */
export const shop = [
  caller(),
  app('shop', ['release', 'v1']),
  subsets('shop', ['release', 'v1']),
] as const

/** A rule for requests of a lane to the subset `to`; `more` is the rest of the rule. */
export function lane(match: string, to: string, more = ''): string {
  return `{ name: ${to}, match: [{ headers: { project-version: { ${match} } } }], route: [{ destination: { host: shop, subset: ${to} } }]${more} }`
}

/** A rule for all other requests. */
export function baseline(more = ''): string {
  return `{ name: baseline, route: [{ destination: { host: shop, subset: release } }]${more} }`
}

/** A VirtualService for `shop`. */
export function rules(http: readonly string[], options: Rule = {}): string {
  return virtualService(http, options)
}

/** The one that is right. */
export const rightRules = rules([lane('exact: v1', 'v1'), baseline()])

/** Any object in flow style. */
export function object(
  apiVersion: string,
  kind: string,
  name: string,
  rest: string,
  namespace = 'shop',
): string {
  return `
apiVersion: ${apiVersion}
kind: ${kind}
metadata: { name: ${name}, namespace: ${namespace} }
${rest}`
}

/** An HTTPRoute of the mesh for the Service `shop`. */
export function httpRoute(name: string, rulesInYaml: readonly string[], parent = 'shop'): string {
  return object(
    'gateway.networking.k8s.io/v1',
    'HTTPRoute',
    name,
    `spec:
  parentRefs: [{ group: '', kind: Service, name: ${parent}, port: 80 }]
  rules:
${rulesInYaml.map((one) => `  - ${one}`).join('\n')}`,
  )
}
