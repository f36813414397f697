import { describe, expect, it } from 'vitest'
import { app, ask, istio, meshOf, subsets, target, workloads } from './world.ts'
import type { Ask } from './world.ts'

const gateway = (servers: string, name = 'door') =>
  istio('Gateway', name, `{ selector: { istio: door }, servers: [${servers}] }`)

const https = (hosts: string, rest: string, name = 'https') =>
  `{ port: { number: 443, name: ${name}, protocol: HTTPS }, hosts: ${hosts}, tls: ${rest} }`

const plain = (hosts: string) =>
  `{ port: { number: 80, name: http, protocol: HTTP }, hosts: ${hosts} }`

const rule = (name: string, hosts: string, spec: string) =>
  istio('VirtualService', name, `{ hosts: ${hosts}, gateways: [door], ${spec} }`)

const to = (name: string) =>
  `route: [{ destination: { host: shop, subset: ${name}, port: { number: 80 } } }]`

const world = (...documents: readonly string[]) =>
  meshOf(app('shop', ['a', 'b']), subsets('shop', ['a', 'b']), ...documents)

const enter = (mesh: ReturnType<typeof world>, url: string, asked: Ask = {}) =>
  ask(mesh, url, { from: 'gateway/shop/door', port: url.startsWith('https') ? 443 : 80, ...asked })

describe('a server that ends TLS', () => {
  const mesh = world(
    gateway(
      `${https('[a.example.com]', '{ mode: SIMPLE, credentialName: x }', 'https-a')}, ${https('[b.example.com]', '{ mode: MUTUAL, credentialName: x }', 'https-b')}`,
    ),
    rule('a', '[a.example.com]', `http: [{ match: [{ scheme: { exact: https } }], ${to('a')} }]`),
    rule('b', '[b.example.com]', `http: [{ ${to('b')} }]`),
  )

  it('routes the requests in it', () => {
    const decision = enter(mesh, 'https://a.example.com/')
    expect(decision.routeConfig).toBe('https.443.https-a.door.shop')
    expect(workloads(decision)).toEqual(['shop-a'])
    expect(workloads(enter(mesh, 'https://b.example.com/'))).toEqual(['shop-b'])
  })

  it('is told from the others by the handshake, and then knows its own hosts only', () => {
    expect(
      target(enter(mesh, 'https://a.example.com/', { headers: [['host', 'b.example.com']] })),
    ).toBe('404 NR')
    expect(enter(mesh, 'https://c.example.com/').outcome).toMatchObject({
      kind: 'reset',
      detail: 'filter_chain_not_found',
    })
  })

  it('wants TLS', () => {
    expect(enter(mesh, 'http://a.example.com/', { port: 443 }).outcome.kind).toBe('reset')
  })
})

describe('a server that passes TLS on', () => {
  it('chooses by the name in the handshake', () => {
    const mesh = world(
      gateway(https('["*.example.com"]', '{ mode: PASSTHROUGH }')),
      rule(
        'a',
        '[a.example.com]',
        `tls: [{ match: [{ port: 443, sniHosts: [a.example.com] }], ${to('a')} }]`,
      ),
    )
    expect(enter(mesh, 'https://a.example.com/').outcome).toMatchObject({
      kind: 'tcp',
      subset: 'a',
    })
    expect(enter(mesh, 'https://b.example.com/').outcome.kind).toBe('reset')
  })

  it('has no listener without a rule', () => {
    const mesh = world(gateway(https('["*"]', '{ mode: PASSTHROUGH }')))
    expect(enter(mesh, 'https://a.example.com/').outcome.kind).toBe('no-listener')
  })
})

describe('a TCP server', () => {
  it('sends all to its first rule', () => {
    const mesh = world(
      gateway('{ port: { number: 80, name: tcp, protocol: TCP }, hosts: ["*"] }'),
      rule('a', '["*"]', `tcp: [{ match: [{ port: 80 }], ${to('b')} }]`),
    )
    expect(enter(mesh, 'http://x/').outcome).toMatchObject({ kind: 'tcp', subset: 'b' })
  })
})

describe('several Gateways on one port', () => {
  it('share their routes where they are plain HTTP', () => {
    const mesh = world(
      gateway(plain('[a.example.com]')),
      gateway(plain('[b.example.com]'), 'other'),
      rule('a', '[a.example.com]', `http: [{ ${to('a')} }]`),
      istio(
        'VirtualService',
        'b',
        `{ hosts: [b.example.com], gateways: [other], http: [{ ${to('b')} }] }`,
      ),
    )
    expect(workloads(enter(mesh, 'http://a.example.com/'))).toEqual(['shop-a'])
    expect(workloads(enter(mesh, 'http://b.example.com/'))).toEqual(['shop-b'])
  })

  it('leave out what does not go together', () => {
    const mesh = world(
      gateway('{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }'),
      gateway('{ port: { number: 80, name: tcp, protocol: TCP }, hosts: ["*"] }', 'other'),
      rule('a', '["*"]', `http: [{ ${to('a')} }]`),
      istio('VirtualService', 'b', `{ hosts: ["*"], gateways: [other], tcp: [{ ${to('b')} }] }`),
    )
    expect(enter(mesh, 'http://x/').outcome).toMatchObject({ kind: 'forward', subset: 'a' })
  })
})

describe('a Service in front of the router', () => {
  it('takes its port to the pod’s', () => {
    const mesh = world(
      `
apiVersion: v1
kind: Service
metadata: { name: door, namespace: shop }
spec: { selector: { istio: door }, ports: [{ name: http, port: 80, targetPort: 8080 }] }`,
      gateway('{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }'),
      rule('a', '["*"]', `http: [{ match: [{ port: 80 }], ${to('a')} }]`),
    )
    const decision = enter(mesh, 'http://x/')
    expect(decision).toMatchObject({ listener: '0.0.0.0_8080', routeConfig: 'http.8080' })
    expect(workloads(decision)).toEqual(['shop-a'])
  })
})
