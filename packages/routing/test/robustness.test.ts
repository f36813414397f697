import { describe, expect, it } from 'vitest'
import { buildMesh, compile, decide, loadManifests, proxies } from '../src/index.ts'
import type { Resource } from '../src/index.ts'
import { app, caller, subsets, virtualService, when } from './world.ts'

/** A manifest with something of everything. */
const seed = [
  caller(),
  app('shop', ['a', 'b'], { port: 8000 }),
  app('store', ['a'], { port: 8000 }),
  subsets('shop', ['a', 'b']),
  `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: door, namespace: shop, creationTimestamp: "2026-01-01T00:00:00Z" }
spec:
  selector: { istio: gate }
  servers:
  - { port: { number: 80, name: http, protocol: HTTP }, hosts: ["shop/*"], tls: { httpsRedirect: false } }`,
  virtualService(
    [
      when(
        '{ headers: { x: { regex: "v[0-9]+" }, y1: { exact: a } }, withoutHeaders: { z: {} } }',
        'a',
      ),
      when(
        '{ uri: { prefix: /a }, ignoreUriCase: true, method: { exact: GET }, queryParams: { q: {} } }',
        'b',
      ),
      '{ match: [{ port: 80, gateways: [door], sourceLabels: { app: caller } }], redirect: { uri: /x, port: 81 } }',
      '{ directResponse: { status: 200, body: { string: hi } }, match: [{ uri: { exact: /hi } }] }',
      `{ rewrite: { uri: /b }, timeout: 10s, retries: { attempts: 3, retryOn: "5xx,503" },
           fault: { delay: { fixedDelay: 1s, percentage: { value: 50 } }, abort: { httpStatus: 500, percentage: { value: 50 } } },
           headers: { request: { set: { a: b }, remove: [c] } },
           route: [{ destination: { host: shop, subset: a, port: { number: 8000 } }, weight: 50, headers: { response: { add: { d: e } } } },
                   { destination: { host: shop, subset: b }, weight: 50 }] }`,
    ],
    { hosts: '[shop, shop.example.com]', spec: 'exportTo: ["*"]\n  gateways: [mesh, door]' },
  ),
  `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: shop }
spec:
  gatewayClassName: istio
  addresses: []
  listeners:
  - { name: http, port: 80, protocol: HTTP, hostname: "*.example.com", allowedRoutes: { namespaces: { from: Selector, selector: { matchLabels: { a: b }, matchExpressions: [{ key: a, operator: In, values: [b] }] } }, kinds: [{ kind: HTTPRoute }] } }
  - { name: https, port: 443, protocol: HTTPS, tls: { mode: Terminate, certificateRefs: [{ name: cert, namespace: other }], options: { a: b } } }`,
  `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: http, namespace: shop }
spec:
  parentRefs: [{ name: edge, sectionName: http, port: 80 }, { group: "", kind: Service, name: store, port: 8000 }]
  hostnames: [shop.example.com]
  rules:
  - matches: [{ path: { type: PathPrefix, value: /a }, headers: [{ type: RegularExpression, name: x, value: "v.*" }], queryParams: [{ name: q, value: "" }], method: GET }]
    filters:
    - { type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: a, value: b }], add: [{ name: c, value: d }], remove: [e] } }
    - { type: URLRewrite, urlRewrite: { hostname: a.b, path: { type: ReplacePrefixMatch, replacePrefixMatch: / } } }
    - { type: RequestMirror, requestMirror: { backendRef: { name: shop, port: 8000 }, fraction: { numerator: 1 } } }
    - { type: CORS, cors: { allowOrigins: ["https://*.example.com"] } }
    timeouts: { request: 10s, backendRequest: 1s }
    retry: { attempts: 1, codes: [503], backoff: 1s }
    backendRefs: [{ name: shop, port: 8000, weight: 1, filters: [] }, { name: shop, namespace: other, port: 8000 }]
  - { filters: [{ type: RequestRedirect, requestRedirect: { scheme: https, port: 443, path: { type: ReplaceFullPath, replaceFullPath: /x } } }] }`,
  `
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: { name: grpc, namespace: shop }
spec:
  parentRefs: [{ group: "", kind: Service, name: store }]
  rules: [{ matches: [{ method: { service: a.B, method: C }, headers: [{ name: x, value: v1 }] }], backendRefs: [{ name: shop, port: 8000 }] }]`,
  `
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: { name: grant, namespace: other }
spec: { from: [{ group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop }], to: [{ group: "", kind: Service, name: shop }] }`,
].flatMap((text) => text.split('\n---\n'))

/** Numbers that are the same every time (mulberry32). */
function numbers(start: number): () => number {
  let state = start
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Does everything that the package can do with a document among others; gives what was decided. */
function useAll(document: string, others: readonly Resource[], random: () => number): string[] {
  const { resources, diagnostics } = loadManifests([{ file: 'mesh.yaml', text: document }])
  const mesh = buildMesh([...others, ...resources])
  // One of each kind: a sidecar and, unless the change made away with it, the gateway.
  const decisions = [...new Set([proxies(mesh).at(0), proxies(mesh).at(-1)])].flatMap((proxy) => {
    if (proxy === undefined) return []
    const config = compile(mesh, proxy)
    return urls.map((url, index) => {
      const destination = { port: index < 2 ? 8000 : 80 }
      const request = { method: 'GET', url, headers: [['X', 'v1']] as const, destination }
      return decide(config, request, { random }).outcome.kind
    })
  })
  for (const { position } of [...diagnostics, ...mesh.diagnostics]) {
    if (position === null || position.line < 1 || position.column < 1) {
      throw new Error('A finding has no place.')
    }
  }
  return decisions
}

const urls = [
  'http://store.shop:8000/a?q',
  'http://shop.shop:8000/a?q',
  'http://shop.example.com/hi',
  'https://[::1]:1/%',
  '*',
]

const replacements = [
  '{}',
  '[]',
  'null',
  '1',
  '-1',
  '1e99',
  '"*"',
  '""',
  'true',
  '~',
  '{ a: b }',
  '*x',
  '&x 1',
  '%',
  '{',
  ']',
  ': ',
  '\t',
  '\u0000',
  '\uD800',
  '[[[]]]',
  '!!set { a }',
  '<<: { a: b }',
]

/** Changes a few places of the text. */
function mutate(text: string, random: () => number): string {
  let mutated = text
  for (let left = 1 + Math.floor(random() * 4); left > 0; left -= 1) {
    const words = [...mutated.matchAll(/[\w./*-]+|[{}[\],:]/g)]
    const word = words[Math.floor(random() * words.length)]
    if (word === undefined) return mutated
    const other = words[Math.floor(random() * words.length)]?.[0] ?? ''
    const choices = [...replacements, other, other, other, other, '']
    const replacement = choices[Math.floor(random() * choices.length)] ?? ''
    mutated =
      mutated.slice(0, word.index) + replacement + mutated.slice(word.index + word[0].length)
  }
  return mutated
}

describe('manifests that somebody has changed at random', () => {
  const loaded = seed.map((text) => loadManifests([{ file: 'mesh.yaml', text }]))
  const rules = seed.filter((text) => /^kind: (?:VirtualService|\w+Route)$/m.test(text))

  it('are read as they are in the first place', () => {
    expect(loaded.flatMap(({ diagnostics }) => diagnostics)).toEqual([])
    expect(useAll(seed.join('\n---\n'), [], numbers(1))).toContain('forward')
  })

  it.each([1, 2, 3, 4])(
    'never make anything throw (seed %i)',
    (start) => {
      const random = numbers(start)
      let decided = 0
      for (let count = 0; count < 100; count += 1) {
        // Rules have the most to go wrong.
        const among = random() < 0.5 ? rules : seed
        const document = among[Math.floor(random() * among.length)] ?? ''
        const chosen = seed.indexOf(document)
        const others = loaded.flatMap(({ resources }, index) => (index === chosen ? [] : resources))
        const text = mutate(document, random)
        try {
          decided += useAll(text, others, random).length
        } catch (error) {
          throw new Error(`This manifest made it throw:\n${text}`, { cause: error })
        }
      }
      expect(decided).toBeGreaterThan(150)
    },
    20_000,
  )
})

describe('requests that nobody should send', () => {
  const { resources } = loadManifests([{ file: 'mesh.yaml', text: seed.join('\n---\n') }])
  const mesh = buildMesh(resources)
  const configs = proxies(mesh).map((proxy) => compile(mesh, proxy))

  it.each([
    '',
    '/',
    '*',
    '?',
    'http://',
    'http:///',
    'http://?',
    'http://[::1',
    'http://shop:99999999/',
    'http://shop:/',
    'http://@/',
    'shop:80',
    '//shop/',
    'http://shop/%zz?%&==&&=',
    '/..',
    '/\\',
    `/${'a/../'.repeat(10_000)}`,
    'http://\u0000/',
    '__proto__',
  ])('are decided all the same: %j', (url) => {
    for (const config of configs) {
      for (const headers of [[], [['Host', '']], [['host', '__proto__:1:2']]] as const) {
        const decision = decide(config, { method: '', url, headers, destination: { port: 80 } })
        expect(decision.proxy).toBe(config.proxy.id)
      }
    }
  })
})
