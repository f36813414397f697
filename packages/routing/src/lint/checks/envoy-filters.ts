import type { Check } from '../check.ts'
import { Part } from '../part.ts'
import { istio } from '../world.ts'

/** EnvoyFilters that do nothing any more, or not where they are put. */
export const envoyFilters: Check = {
  codes: ['TL018', 'TL033', 'TL036'],
  run(world, report) {
    for (const resource of world.of(istio, 'EnvoyFilter')) {
      const spec = Part.of(resource).get('spec')
      const selector = spec.get('workloadSelector', 'labels').labels()
      for (const reference of spec.get('targetRefs').list()) {
        report({
          code: 'TL018',
          at: reference,
          message: `waypoints take no EnvoyFilter; set the lane by a route's \`headers.request.set\`, or an HTTPRoute's RequestHeaderModifier`,
        })
      }
      for (const patch of spec.get('configPatches').list()) {
        for (const at of namesIn(patch)) {
          report({
            code: 'TL018',
            at,
            message: `${JSON.stringify(at.text)} is a name of Envoy's v2 API, which has gone: the patch finds nothing. Write ${JSON.stringify(successor(at.text ?? ''))}`,
          })
        }
        const context = patch.get('match', 'context')
        const selected = world.workloadsWith(resource.namespace, selector)
        const routers = selected.filter(({ labels }) => Object.hasOwn(labels, 'istio'))
        const isRouter = routers.length > 0 && routers.length === selected.length
        const isApp =
          selected.length > 0 && routers.length === 0 && Object.keys(selector).length > 0
        if (
          (isRouter && context.text?.startsWith('SIDECAR_') === true) ||
          (isApp && context.text === 'GATEWAY')
        )
          report({
            code: 'TL033',
            at: context,
            message: `context ${context.text} never holds for what the selector takes (${selected[0]?.id}); write ${isRouter ? 'GATEWAY' : 'SIDECAR_INBOUND or SIDECAR_OUTBOUND'}`,
          })
        const value = patch.get('patch', 'value')
        for (const config of [value.get('typed_config'), value.get('typedConfig')]) {
          for (const key of ['inlineCode', 'inline_code']) {
            if (!config.get(key).exists) continue
            report({
              code: 'TL036',
              at: config.get(key),
              key: true,
              message: `${key} of Envoy's Lua filter is deprecated; write \`default_source_code: { inline_string: … }\`. To set the lane from the host a route's \`headers.request.set\` is enough`,
            })
          }
        }
      }
    }
  },
}

function namesIn(patch: Part): Part[] {
  const filter = patch.get('match', 'listener', 'filterChain', 'filter')
  return [
    filter.get('name'),
    filter.get('subFilter', 'name'),
    patch.get('patch', 'value', 'name'),
  ].filter(({ text }) => text !== null && successors.has(text))
}

function successor(name: string): string {
  return successors.get(name) ?? name
}

/** Names of Envoy's v2 filters, removed with it (Envoy 1.18). */
const successors: ReadonlyMap<string, string> = new Map([
  ['envoy.http_connection_manager', 'envoy.filters.network.http_connection_manager'],
  ['envoy.tcp_proxy', 'envoy.filters.network.tcp_proxy'],
  ['envoy.router', 'envoy.filters.http.router'],
  ['envoy.lua', 'envoy.filters.http.lua'],
  ['envoy.cors', 'envoy.filters.http.cors'],
  ['envoy.fault', 'envoy.filters.http.fault'],
  ['envoy.ext_authz', 'envoy.filters.http.ext_authz'],
  ['envoy.rate_limit', 'envoy.filters.http.ratelimit'],
  ['envoy.health_check', 'envoy.filters.http.health_check'],
])
