import { describe, expect, it } from 'vitest'
import {
  app,
  ask,
  caller,
  configOf,
  meshOf,
  otherwise,
  subsets,
  target,
  virtualService,
  workloads,
} from './world.ts'

const rules = [subsets('shop', ['a', 'b']), virtualService([otherwise('a')])]

/** A shop whose port is declared so. */
function shopWith(declared: string, port = 8000, spec = 'type: ClusterIP') {
  return meshOf(caller(), app('shop', ['a', 'b'], { port, declared, spec }), ...rules)
}

const plain = 'outbound|8000||shop.shop.svc.cluster.local'
const toA = 'outbound|8000|a|shop.shop.svc.cluster.local'

describe('a port that is declared HTTP', () => {
  it.each([
    'name: http',
    'name: http-web',
    'name: HTTP-web',
    'name: http2',
    'name: grpc',
    'name: grpc-web',
    'name: grpc-web-x',
    'appProtocol: http',
    'appProtocol: HTTP',
    'appProtocol: kubernetes.io/h2c',
    'appProtocol: kubernetes.io/ws',
    'name: tcp, appProtocol: http',
  ])('by %s is routed by Host and rules', (declared) => {
    const mesh = shopWith(declared)
    expect(ask(mesh, 'http://shop:8000/')).toMatchObject({
      listener: '0.0.0.0_8000',
      routeConfig: '8000',
      outcome: { kind: 'forward', cluster: toA },
    })
    expect(target(ask(mesh, 'http://other:8000/', { address: 'shop' }))).toBe('passthrough')
  })
})

describe('a port that Istio must guess', () => {
  it.each([
    'name: web',
    'name: httpweb',
    'nodePort: 30000',
    'name: http, appProtocol: unknown',
    'name: http, appProtocol: ""',
  ])('by %s is routed by rules, whatever Host says', (declared) => {
    const mesh = shopWith(declared)
    const decision = ask(mesh, 'http://other:8000/', { address: 'shop' })
    expect(decision).toMatchObject({
      listener: 'shop.shop.svc.cluster.local_8000',
      routeConfig: 'shop.shop.svc.cluster.local:8000',
      virtualHost: 'shop.shop.svc.cluster.local:8000',
      outcome: { kind: 'forward', cluster: toA },
    })
  })

  it('knows the Service by its ClusterIP where the manifest has one', () => {
    const mesh = shopWith('name: web', 8000, 'clusterIP: 10.0.0.7')
    expect(ask(mesh, 'http://10.0.0.7:8000/')).toMatchObject({
      listener: '10.0.0.7_8000',
      outcome: { cluster: toA },
    })
    expect(target(ask(mesh, 'http://10.0.0.8:8000/'))).toBe('passthrough')
  })

  it('takes TLS for bytes, to any version', () => {
    const decision = ask(shopWith('name: web'), 'https://shop:8000/')
    expect(decision).toMatchObject({ routeConfig: null, route: null })
    expect(target(decision)).toBe(plain)
    expect(workloads(decision)).toEqual(['shop-a', 'shop-b'])
  })
})

describe('a port that is declared anything else', () => {
  it.each([
    ['name: tcp', 8000],
    ['name: https', 8000],
    ['name: tls-x', 8000],
    ['name: mongo', 8000],
    ['name: redis', 8000],
    ['name: mysql', 8000],
    ['appProtocol: kubernetes.io/wss', 8000],
    ['name: x', 3306],
    ['name: x', 53],
  ])('by %s on %i goes to any version, past HTTP rules', (declared, port) => {
    const decision = ask(shopWith(declared, port), `http://shop:${port}/`)
    expect(decision).toMatchObject({
      listener: `shop.shop.svc.cluster.local_${port}`,
      routeConfig: null,
      virtualHost: null,
      route: null,
    })
    expect(target(decision)).toBe(`outbound|${port}||shop.shop.svc.cluster.local`)
    expect(workloads(decision)).toEqual(['shop-a', 'shop-b'])
  })

  it('leads to no endpoint where nothing runs', () => {
    const mesh = meshOf(caller(), app('shop', [], { declared: 'name: tcp' }))
    expect(ask(mesh, 'http://shop/').outcome).toMatchObject({ kind: 'tcp', endpoints: [] })
  })

  it('is left alone where it is UDP', () => {
    const decision = ask(shopWith('protocol: UDP, name: http'), 'http://shop:8000/')
    expect(decision).toMatchObject({
      listener: 'virtualOutbound',
      outcome: { kind: 'passthrough' },
    })
    expect(workloads(decision)).toEqual([])
  })
})

describe('Services of different protocols on one port', () => {
  const mesh = meshOf(
    caller(),
    app('shop', ['a', 'b'], { port: 8000 }),
    app('queue', ['x'], { port: 8000, declared: 'name: tcp' }),
    app('guess', ['z'], { port: 8000, declared: 'name: x' }),
    ...rules,
  )

  const asked = (address: string, host: string) =>
    target(ask(mesh, `http://${host}:8000/`, { address }))

  it('are told apart by what was dialled, and only HTTP ones by Host', () => {
    expect(asked('shop', 'shop')).toBe(toA)
    expect(asked('queue', 'shop')).toBe('outbound|8000||queue.shop.svc.cluster.local')
    expect(asked('guess', 'shop')).toBe('outbound|8000||guess.shop.svc.cluster.local')
    expect(asked('shop', 'guess')).toBe('outbound|8000||guess.shop.svc.cluster.local')
    expect(asked('shop', 'queue')).toBe('passthrough')
  })
})

describe('a headless Service', () => {
  const mesh = meshOf(
    caller(),
    app('shop', ['a', 'b'], { port: 8000, spec: 'clusterIP: None' }),
    ...rules,
  )

  it('gets a subset’s name and every version, since the client has picked the pod', () => {
    const decision = ask(mesh, 'http://shop:8000/')
    expect(target(decision)).toBe(toA)
    expect(workloads(decision)).toEqual(['shop-a', 'shop-b'])
    expect(configOf(mesh, 'deployment/shop/caller').clusters.get(toA)?.type).toBe('original-dst')
  })

  it('is known by the names of its pods too', () => {
    const decision = ask(mesh, 'http://pod-1.shop:8000/', { address: 'shop' })
    expect(decision.virtualHost).toBe('shop.shop.svc.cluster.local:8000')
  })
})

describe('what is dialled', () => {
  const mesh = shopWith('name: http')

  it.each(['localhost', '127.0.0.1', '127.9.9.9', '::1'])(
    'as %s never leaves the pod',
    (address) => {
      expect(ask(mesh, 'http://x:8000/', { address })).toMatchObject({
        listener: null,
        outcome: { kind: 'no-listener', detail: expect.stringContaining('stays inside the pod') },
      })
    },
  )

  it('may be written in any case, with the URL’s brackets and all', () => {
    expect(target(ask(mesh, 'http://SHOP.shop:8000/'))).toBe(toA)
    expect(target(ask(mesh, 'http://[::1]:8000/'))).toBe('no-listener')
  })

  it('goes through to any version where Host is unknown on a known port', () => {
    const decision = ask(mesh, 'http://www.example.com:8000/', { address: 'shop' })
    expect(decision).toMatchObject({
      listener: '0.0.0.0_8000',
      routeConfig: '8000',
      virtualHost: 'allow_any',
      route: { index: 0, name: 'allow_any', origin: null },
      outcome: { kind: 'passthrough', cluster: 'PassthroughCluster' },
      retries: null,
    })
    expect(workloads(decision)).toEqual(['shop-a', 'shop-b'])
  })

  it('goes through where nothing listens on the port, to no endpoint of ours', () => {
    const decision = ask(mesh, 'http://shop:9/')
    expect(decision).toMatchObject({
      listener: 'virtualOutbound',
      routeConfig: null,
      outcome: { kind: 'passthrough', endpoints: [] },
    })
  })

  it('goes through where it is no Service', () => {
    expect(ask(mesh, 'http://example.com:8000/')).toMatchObject({
      virtualHost: 'allow_any',
      outcome: { kind: 'passthrough', endpoints: [] },
    })
  })

  it('goes through as bytes where it is TLS to an HTTP port', () => {
    const decision = ask(mesh, 'https://shop:8000/')
    expect(decision).toMatchObject({ listener: '0.0.0.0_8000', routeConfig: null })
    expect(target(decision)).toBe('passthrough')
    expect(workloads(decision)).toEqual(['shop-a', 'shop-b'])
  })

  it('is not known to callers whom the Service is not exported to', () => {
    const hidden = meshOf(
      caller(),
      caller('elsewhere'),
      app('shop', ['a']).replace(
        'namespace: shop }',
        'namespace: shop, annotations: { networking.istio.io/exportTo: "." } }',
      ),
    )
    expect(target(ask(hidden, 'http://shop.shop/'))).toBe(
      'outbound|80||shop.shop.svc.cluster.local',
    )
    const from = 'deployment/elsewhere/caller'
    expect(ask(hidden, 'http://shop.shop/', { from }).listener).toBe('virtualOutbound')
  })
})
