import { describe, expect, it } from 'vitest'
import { askAbout, decideOutside } from '../src/index.ts'
import type { Decision } from '../src/index.ts'
import { app, ask, caller, meshOf, subset, virtualService, workloads } from './world.ts'

/** A PeerAuthentication; `metadata` is the rest of its metadata. */
function policy(spec: string, name = 'default', namespace = 'shop', metadata = ''): string {
  return `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: ${name}, namespace: ${namespace}${metadata} }
spec: ${spec}`
}

const mtls = (mode: string): string => `mtls: { mode: ${mode} }`
const inNamespace = (mode: string): string => policy(`{ ${mtls(mode)} }`)
const inMesh = (mode: string): string => policy(`{ ${mtls(mode)} }`, 'mesh', 'istio-system')
const ofPods = (spec: string): string =>
  policy(`{ selector: { matchLabels: { app: shop } }, ${spec} }`, 'pods')
const ofPort = (mode: string): string => `portLevelMtls: { 8080: { mode: ${mode} } }`
const dated = (mode: string, year: string, name: string): string =>
  policy(`{ ${mtls(mode)} }`, name, 'shop', `, creationTimestamp: '${year}-01-01T00:00:00Z'`)
const namespace = (labels: string): string =>
  `apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: ${labels} }`

const strict = inNamespace('STRICT')
const shop = app('shop', ['a', 'b'])
const metadata = 'template: { metadata: {'
const annotated = (annotation: string): string =>
  shop.replaceAll(metadata, `${metadata} annotations: { ${annotation} },`)

/** What becomes of a client without a sidecar. */
function outside(...documents: readonly string[]): Decision {
  return decideOutside(meshOf(...documents), {
    method: 'GET',
    url: 'http://shop.shop/',
    headers: [],
    destination: { address: 'shop.shop', port: 80 },
  })
}

const kindOf = (...documents: readonly string[]): string => outside(...documents).outcome.kind

const withPorts = (annotation: string): string =>
  kindOf(annotated(`traffic.sidecar.istio.io/${annotation}`), strict)

describe('a client without a sidecar', () => {
  it('is closed out by a policy that lets in mutual TLS only', () => {
    const { outcome, warnings } = outside(strict, shop)
    expect(outcome).toEqual({
      kind: 'reset',
      cluster: null,
      subset: null,
      flags: [],
      endpoints: [
        { address: null, port: 8080, workload: 'shop-a', namespace: 'shop' },
        { address: null, port: 8080, workload: 'shop-b', namespace: 'shop' },
      ],
      detail:
        'PeerAuthentication shop/default (mesh.yaml:5:7) lets in mutual TLS only, which a client without a sidecar ' +
        'cannot do',
    })
    expect(warnings).toEqual([expect.stringContaining('kube-proxy')])
  })

  it.each([
    ['without a policy', []],
    ['by a policy that takes both', [inNamespace('PERMISSIVE')]],
    ['by a policy that takes plain text', [inNamespace('DISABLE')]],
    ['by a policy that says nothing', [policy('{}')]],
    ['by a policy for another namespace', [policy(`{ ${mtls('STRICT')} }`, 'default', 'other')]],
    ['by its namespace, against the mesh', [inMesh('STRICT'), inNamespace('PERMISSIVE')]],
    ['by its pods, against the namespace', [strict, ofPods(mtls('DISABLE'))]],
    ['by a port of its pods', [strict, ofPods(ofPort('PERMISSIVE'))]],
    ['by the older of two', [dated('STRICT', '2025', 'a'), dated('DISABLE', '2024', 'b')]],
    ['where the namespace is not injected', [strict, namespace('{ team: shop }')]],
    [
      'by a selector in the root namespace',
      [
        policy(
          `{ selector: { matchLabels: { app: shop } }, ${mtls('STRICT')} }`,
          'x',
          'istio-system',
        ),
      ],
    ],
  ])('is let in %s', (_name, policies) => {
    const decision = outside(shop, ...policies)
    expect(decision.outcome.kind).toBe('passthrough')
    expect(workloads(decision)).toEqual(['shop-a', 'shop-b'])
  })

  it.each([
    ['the mesh', [inMesh('STRICT')]],
    ['the mesh, where the namespace says nothing', [inMesh('STRICT'), policy('{}')]],
    ['the namespace, against the mesh', [inMesh('DISABLE'), strict]],
    ['the pods, against the namespace', [inNamespace('DISABLE'), ofPods(mtls('STRICT'))]],
    ['a port of the pods', [ofPods(ofPort('STRICT'))]],
    ['the pods, where the port says nothing', [ofPods(`${mtls('STRICT')}, ${ofPort('UNSET')}`)]],
    ['the older of two', [dated('DISABLE', '2025', 'a'), dated('STRICT', '2024', 'b')]],
    ['an injected namespace', [strict, namespace('{ istio-injection: enabled }')]],
    ['a namespace with a revision', [strict, namespace('{ istio.io/rev: stable }')]],
    ['a namespace in ambient mode', [strict, namespace('{ istio.io/dataplane-mode: ambient }')]],
  ])('is closed out by %s', (_name, policies) => {
    expect(kindOf(shop, ...policies)).toBe('reset')
  })

  it('is let in by pods that want no sidecar', () => {
    const label = shop.replaceAll('labels: {', "labels: { sidecar.istio.io/inject: 'false',")
    expect(kindOf(label, strict)).toBe('passthrough')
    expect(kindOf(annotated("sidecar.istio.io/inject: 'false'"), strict)).toBe('passthrough')
    const network = shop.replaceAll('template: {', 'template: { spec: { hostNetwork: true },')
    expect(kindOf(network, strict)).toBe('passthrough')
  })

  it('is let in at a port that the sidecar does not take', () => {
    expect(withPorts("excludeInboundPorts: '15,8080'")).toBe('passthrough')
    expect(withPorts("includeInboundPorts: '81'")).toBe('passthrough')
    expect(withPorts("includeInboundPorts: '8080'")).toBe('reset')
    expect(withPorts("excludeInboundPorts: '80'")).toBe('reset')
  })

  it('is let in by the pods of a gateway, whatever the mesh wants', () => {
    const gateway = `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: edge, namespace: shop }
spec: { selector: { app: shop }, servers: [{ port: { number: 8080, name: http, protocol: HTTP }, hosts: ['*'] }] }`
    expect(kindOf(shop, strict, gateway)).toBe('passthrough')
    expect(kindOf(annotated('inject.istio.io/templates: gateway'), strict)).toBe('passthrough')
  })

  it('meets some pods that let it in and others that do not', () => {
    const only = policy(`{ selector: { matchLabels: { version: b } }, ${mtls('STRICT')} }`, 'b')
    const { outcome, warnings } = outside(shop, only)
    expect(outcome.kind).toBe('passthrough')
    expect(warnings[1]).toMatch(
      /^the sidecars of shop-b close the connection: PeerAuthentication shop\/b \(mesh/,
    )
  })
})

it('changes nothing for a sidecar, which speaks what the server’s takes', () => {
  const rule = virtualService(['{ route: [{ destination: { host: shop } }] }'])
  for (const each of [strict, inNamespace('DISABLE')])
    expect(subset(ask(meshOf(shop, caller(), rule, each), 'http://shop/'))).toBe('(any)')
})

const rule = (trafficPolicy: string): string => `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: shop, namespace: shop }
spec: { host: shop, trafficPolicy: ${trafficPolicy} }`
const warnings = (...documents: readonly string[]): readonly string[] => {
  const question = { from: 'deployment/shop/caller', url: 'http://shop/' }
  return askAbout(meshOf(rule('{ tls: { mode: DISABLE } }'), shop, caller(), ...documents))(
    question,
  ).decision.warnings
}

describe('a DestinationRule that says what sidecars speak', () => {
  it('comes with a warning where the server’s sidecar does not take it', () => {
    expect(warnings(strict)).toEqual([
      'DestinationRule shop/shop sets tls mode DISABLE (mesh.yaml:5:51), and PeerAuthentication shop/default ' +
        '(mesh.yaml:35:7) lets in mutual TLS only: the request is answered 503',
    ])
    expect(warnings(inNamespace('PERMISSIVE'))).toEqual([])
    expect(warnings()).toEqual([])
  })

  it('does not say it for a port with settings of its own, which hide the others', () => {
    const hiding = '{ tls: { mode: DISABLE }, portLevelSettings: [{ port: { number: 80 } }] }'
    expect(warnings(strict, rule(hiding))).toEqual([])
  })
})
