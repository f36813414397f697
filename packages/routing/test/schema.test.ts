import { describe, expect, it } from 'vitest'
import { schemaVersions } from '../src/index.ts'
import { app, caller, complaintsAbout, virtualService } from './world.ts'

const route = '{ route: [{ destination: { host: shop } }] }'

const object = (apiVersion: string, kind: string, spec: string) =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: x, namespace: shop }\nspec: ${spec}`

const httpRoute = (rule: string) =>
  object('gateway.networking.k8s.io/v1', 'HTTPRoute', `{ rules: [${rule}] }`)

/** What is said at level error or warning, apart from what is not modelled. */
function refused(text: string): string[] {
  return complaintsAbout(text).filter((one) => !/not-modelled|not-attached|: info:/.test(one))
}

describe('a field that does not exist', () => {
  it.each([
    ['a typing error', 'htpp', 'did you mean "http"?'],
    ['a wrong case', 'Hosts', 'did you mean "hosts"?'],
    ['anything else', 'somethingElse', 'remove it'],
  ])('is named with its place: %s', (_name, field, cure) => {
    expect(complaintsAbout(virtualService([route], { spec: `${field}:\n  - x` }))).toEqual([
      `mesh.yaml:7:3: error: VirtualService shop/rule: strict decoding error: unknown field "spec.${field}"; ` +
        `${cure} [unknown-field]`,
    ])
  })

  it.each([
    [
      virtualService([`{ match: [{ header: {} }], ${route.slice(1)}`]),
      'spec.http[0].match[0].header',
      'headers',
    ],
    [
      virtualService([`{ match: [{ headers: { x: { exakt: a } } }], ${route.slice(1)}`]),
      'spec.http[0].match[0].headers.x.exakt',
      'exact',
    ],
    [app('shop', [], { spec: 'clusterIp: None' }), 'spec.clusterIp', 'clusterIP'],
    [
      caller().replace('{ labels:', '{ annotation: { a: b }, labels:'),
      'spec.template.metadata.annotation',
      'annotations',
    ],
    [
      caller().replace('spec: { template: {', 'spec: { template: { spec: { container: [] },'),
      'spec.template.spec.container',
      'containers',
    ],
    [virtualService([route], { metadata: 'label: {}' }), 'metadata.label', 'labels'],
    [httpRoute('{ backendRef: [] }'), 'spec.rules[0].backendRef', 'backendRefs'],
  ])('is found at any depth: %#', (text, path, meant) => {
    expect(refused(text)).toEqual([
      expect.stringContaining(
        `strict decoding error: unknown field "${path}"; did you mean "${meant}"? [unknown-field]`,
      ),
    ])
  })

  it('is not looked for in status, and not among names of the user’s own', () => {
    const text = `${virtualService([route], { metadata: 'labels: { anything: x }' })}\nstatus: { anything: [] }`
    expect(complaintsAbout(text)).toEqual([])
  })
})

describe('a value of Kubernetes’ own kinds that its decoder refuses', () => {
  it.each([
    [
      app('shop', [], { spec: 'sessionAffinityConfig: { clientIP: { timeoutSeconds: 1.5 } }' }),
      'spec.sessionAffinityConfig.clientIP.timeoutSeconds must be a whole number, got the number 1.5',
    ],
    [
      caller().replace(
        'template: {',
        'strategy: { rollingUpdate: { maxSurge: 0.5 } }, template: {',
      ),
      'spec.strategy.rollingUpdate.maxSurge must be a whole number or a string, got the number 0.5',
    ],
    [
      caller().replace(
        'template: {',
        'template: { spec: { containers: [{ resources: { limits: { cpu: 1 core } } }] },',
      ),
      'spec.template.spec.containers[0].resources.limits.cpu must match the pattern',
    ],
  ])('is reported: %#', (text, because) => {
    expect(refused(text)).toEqual([expect.stringContaining(because)])
  })

  it('is not one with a unit, or a fraction of a CPU', () => {
    const limits = '{ cpu: 0.5, memory: 64Mi, storage: 1e9, pods: "+5" }'
    const container = `spec: { containers: [{ resources: { limits: ${limits} } }] },`
    expect(refused(caller().replace('template: {', `template: { ${container}`))).toEqual([])
  })
})

describe('a value that an API server refuses', () => {
  it.each([
    [
      virtualService(['{ timeout: 0s, route: [{ destination: { host: shop } }] }']),
      'mesh.yaml:8:16: error: VirtualService shop/rule: spec.http[0].timeout must be at least "1ms"; leave it out to have none [bad-value]',
    ],
    [
      virtualService([`{ match: [{ uri: { exact: /a, prefix: /b } }], ${route.slice(1)}`]),
      'mesh.yaml:8:22: error: VirtualService shop/rule: spec.http[0].match[0].uri may have only one of `exact` and `prefix` [bad-value]',
    ],
    [
      object('networking.istio.io/v1', 'ServiceEntry', '{ hosts: [a.b], resolution: DSN }'),
      'mesh.yaml:4:35: error: ServiceEntry shop/x: spec.resolution must be NONE, STATIC, DNS, DNS_ROUND_ROBIN or DYNAMIC_DNS, got "DSN"; did you mean DNS? [bad-value]',
    ],
    [
      object('networking.istio.io/v1', 'ServiceEntry', '{ location: MESH_INTERNAL }'),
      'mesh.yaml:4:7: error: ServiceEntry shop/x: spec.hosts is missing [missing-field]',
    ],
    [
      object('gateway.networking.k8s.io/v1', 'HTTPRoute', '{ hostnames: [UPPER] }'),
      'mesh.yaml:4:21: error: HTTPRoute shop/x: spec.hostnames[0] must match the pattern ^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$, got "UPPER" [bad-value]',
    ],
    [
      httpRoute('{ backendRefs: [{ name: a }] }'),
      'mesh.yaml:4:33: error: HTTPRoute shop/x: spec.rules[0].backendRefs[0] names a Service and so must have `port` [bad-value]',
    ],
    [
      httpRoute('{ backendRefs: [{ name: a, port: 80000 }] }'),
      'mesh.yaml:4:50: error: HTTPRoute shop/x: spec.rules[0].backendRefs[0].port must be a whole number from 1 to 65535, got the number 80000 (quote it if it is meant as text) [wrong-type]',
    ],
    [
      httpRoute('{ matches: [{ path: { value: a } }] }'),
      'mesh.yaml:4:46: error: HTTPRoute shop/x: spec.rules[0].matches[0].path.value must begin with "/" [bad-value]',
    ],
    [
      httpRoute('{ filters: [{ type: URLRewrite }] }'),
      'mesh.yaml:4:29: error: HTTPRoute shop/x: spec.rules[0].filters[0] with `type: URLRewrite` must have `urlRewrite` [bad-value]',
    ],
    [
      httpRoute(
        '{ matches: [{ path: { type: Exact, value: /a } }], filters: [{ type: URLRewrite, urlRewrite: { path: { type: ReplacePrefixMatch, replacePrefixMatch: /b } } }] }',
      ),
      'mesh.yaml:4:17: error: HTTPRoute shop/x: spec.rules[0] replaces a prefix, and so must have exactly one match, with a path of type PathPrefix [bad-value]',
    ],
    [
      httpRoute('{ timeouts: { request: 1s, backendRequest: 2s } }'),
      'mesh.yaml:4:60: error: HTTPRoute shop/x: spec.rules[0].timeouts.backendRequest must not be longer than `request` [bad-value]',
    ],
    [
      httpRoute(Array.from({ length: 17 }, () => '{}').join(', ')),
      'mesh.yaml:4:16: error: HTTPRoute shop/x: spec.rules must have at most 16 entries, got 17 [bad-value]',
    ],
    [
      httpRoute('{ matches: {} }'),
      'mesh.yaml:4:28: error: HTTPRoute shop/x: spec.rules[0].matches must be a list, got an object [wrong-type]',
    ],
    [
      object(
        'networking.istio.io/v1',
        'ServiceEntry',
        '{ hosts: [a.b], resolution: DNS, addresses: [10.0.0.0/8] }',
      ),
      'mesh.yaml:4:51: error: ServiceEntry shop/x: spec.addresses may name a subnet only with `resolution: NONE` or `STATIC` [bad-value]',
    ],
    [
      object(
        'security.istio.io/v1',
        'PeerAuthentication',
        '{ portLevelMtls: { x: { mode: STRICT } } }',
      ),
      'mesh.yaml:4:29: error: PeerAuthentication shop/x: spec.portLevelMtls.x must be called by a port number from 1 to 65535 [bad-value]',
      'mesh.yaml:4:24: error: PeerAuthentication shop/x: spec.portLevelMtls needs a `selector` with `matchLabels` [bad-value]',
    ],
    [
      object(
        'gateway.networking.k8s.io/v1',
        'HTTPRoute',
        '{ parentRefs: [{ name: a }, { name: a, sectionName: b }, { name: c, port: 1 }, { name: c, port: 1 }] }',
      ),
      'mesh.yaml:4:35: error: HTTPRoute shop/x: spec.parentRefs[1] names the parent of an earlier entry; give each a `sectionName` of its own [bad-value]',
      'mesh.yaml:4:86: error: HTTPRoute shop/x: spec.parentRefs[3] names the parent of an earlier entry; give each a `sectionName` of its own [bad-value]',
    ],
    [
      object(
        'gateway.networking.k8s.io/v1',
        'Gateway',
        '{ gatewayClassName: istio, addresses: [{ value: 1.2.3 }, { value: "::1" }, { type: Hostname, value: A_b }], listeners: [{ name: a, port: 80, protocol: HTTP }] }',
      ),
      'mesh.yaml:4:46: error: Gateway shop/x: spec.addresses[0] must have one of the forms that its schema knows [bad-value]',
      'mesh.yaml:4:107: error: Gateway shop/x: spec.addresses[2].value must match the pattern ^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$, got "A_b" [bad-value]',
    ],
    [
      object('networking.istio.io/v1', 'WorkloadEntry', '{ labels: { a: b } }'),
      'mesh.yaml:4:7: error: WorkloadEntry shop/x: spec must have `address` or `network` [bad-value]',
    ],
    [
      httpRoute(
        '{ filters: [{ type: CORS, cors: { allowOrigins: ["*", "https://a.b"] } }, { type: RequestMirror, requestMirror: { backendRef: { name: a, port: 80 }, fraction: { numerator: 2, denominator: 1 } } }] }',
      ),
      'mesh.yaml:4:65: error: HTTPRoute shop/x: spec.rules[0].filters[0].cors.allowOrigins must have no other entry beside "*" [bad-value]',
      'mesh.yaml:4:176: error: HTTPRoute shop/x: spec.rules[0].filters[1].requestMirror.fraction must not be above 1 [bad-value]',
    ],
    [
      object(
        'gateway.networking.k8s.io/v1',
        'GRPCRoute',
        '{ rules: [{ matches: [{ method: {} }] }] }',
      ),
      'mesh.yaml:4:39: error: GRPCRoute shop/x: spec.rules[0].matches[0].method must have `service` or `method` [bad-value]',
    ],
    [
      object(
        'gateway.networking.k8s.io/v1',
        'Gateway',
        '{ gatewayClassName: istio, listeners: [{ name: a, port: 443, protocol: HTTPS, tls: { mode: Passthrough } }, { name: b, port: 444, protocol: TLS }, { name: c, port: 445, protocol: HTTP, tls: { mode: Passthrough } }] }',
      ),
      'mesh.yaml:4:197: error: Gateway shop/x: spec.listeners[2].tls must not stand there with `protocol: HTTP` [bad-value]',
      'mesh.yaml:4:98: error: Gateway shop/x: spec.listeners[0].tls.mode must be Terminate with `protocol: HTTPS` [bad-value]',
      'mesh.yaml:4:115: error: Gateway shop/x: spec.listeners[1] must have `tls` with `protocol: TLS` [bad-value]',
    ],
    [
      object(
        'gateway.networking.k8s.io/v1',
        'Gateway',
        '{ gatewayClassName: istio, listeners: [{ name: a, port: 80, protocol: HTTP }, { name: a, port: 81, protocol: HTTP }] }',
      ),
      'mesh.yaml:4:85: error: Gateway shop/x: spec.listeners[1] has the name of an earlier entry [bad-value]',
    ],
  ])('is named with its place: %#', (text, ...messages) => {
    expect(refused(text)).toEqual(messages)
  })

  it('is named once, by whoever knows best what is meant', () => {
    const text = virtualService(['{ timeout: 10, route: [{ destination: { host: shop } }] }'])
    expect(complaintsAbout(text)).toHaveLength(1)
  })
})

describe('an object with thousands of errors', () => {
  it('is told of in 100 and a sum', () => {
    const many = Array.from({ length: 5000 }, (_, index) => `field${index}: x`).join('\n  ')
    const said = complaintsAbout(virtualService([route], { spec: many }))
    expect(said).toHaveLength(101)
    expect(said.at(-1)).toContain('4900 more findings of this kind; mend the first ones')
  })
})

describe('a field of Gateway API’s experimental channel', () => {
  it('is told from those that every cluster has', () => {
    const text = httpRoute('{ retry: { attempts: 2 }, timeouts: { request: 1s } }')
    expect(complaintsAbout(text).filter((one) => one.includes('experimental'))).toEqual([
      'mesh.yaml:4:26: info: HTTPRoute shop/x: spec.rules[0].retry is in the experimental channel of Gateway API ' +
        'only; the standard CRDs refuse it [experimental-field]',
    ])
  })
})

describe('the versions of the APIs', () => {
  it('are those of the Go modules that the schema is generated from', () => {
    expect(schemaVersions.istio).toMatch(/^v0\.0\.0-20\d{12}-[0-9a-f]{12}$/)
    expect(schemaVersions.gatewayApi).toMatch(/^v1\.\d+\.\d+$/)
    expect(schemaVersions.kubernetes).toMatch(/^v1\.\d+\.\d+$/)
  })
})
