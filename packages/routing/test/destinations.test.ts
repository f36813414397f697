import { describe, expect, it } from 'vitest'
import {
  app,
  ask,
  caller,
  meshOf,
  otherwise,
  shop,
  subset,
  subsets,
  target,
  virtualService,
  workloads,
} from './world.ts'

/** A rule with this destination, in front of a shop on port 8000 and a store on 9000 and 9001. */
function sentTo(destination: string) {
  const store = app('store', ['a'], { port: 9000 })
  return ask(
    meshOf(
      caller(),
      app('shop', ['a', 'b'], { port: 8000 }),
      store.replace('ports: [', 'ports: [{ port: 9001, name: http-more }, '),
      app('single', ['a'], { port: 7000 }),
      subsets('shop', ['a', 'b']),
      virtualService([`{ route: [{ destination: ${destination} }] }`]),
    ),
    'http://shop:8000/',
  )
}

describe('a destination', () => {
  it.each([
    ['{ host: shop }', 'outbound|8000||shop.shop.svc.cluster.local'],
    ['{ host: shop, subset: a }', 'outbound|8000|a|shop.shop.svc.cluster.local'],
    ['{ host: shop.shop.svc.cluster.local }', 'outbound|8000||shop.shop.svc.cluster.local'],
    ['{ host: store, port: { number: 9001 } }', 'outbound|9001||store.shop.svc.cluster.local'],
    ['{ host: single, port: { number: 7000 } }', 'outbound|7000||single.shop.svc.cluster.local'],
  ])('%s is %s', (destination, cluster) => {
    expect(target(sentTo(destination))).toBe(cluster)
  })

  it.each([
    ['a host that is half a name', '{ host: shop.shop }', 'outbound|8000||shop.shop'],
    [
      'a host that nobody knows',
      '{ host: nobody }',
      'outbound|8000||nobody.shop.svc.cluster.local',
    ],
    [
      'a subset that nobody defines',
      '{ host: shop, subset: c }',
      'outbound|8000|c|shop.shop.svc.cluster.local',
    ],
    [
      'a port that the Service does not have',
      '{ host: shop, port: { number: 1 } }',
      'outbound|1||shop.shop.svc.cluster.local',
    ],
    [
      // The sidecar sees of a Service only the listener's port.
      'another Service without its port',
      '{ host: single }',
      'outbound|8000||single.shop.svc.cluster.local',
    ],
    [
      'another Service of several ports without a port',
      '{ host: store }',
      'outbound|8000||store.shop.svc.cluster.local',
    ],
  ])('with %s is answered 503 NC', (_name, destination, cluster) => {
    expect(sentTo(destination)).toMatchObject({
      route: { index: 0 },
      outcome: {
        kind: 'respond',
        status: 503,
        flags: ['NC'],
        detail: 'cluster_not_found',
        body: '',
        cluster,
      },
    })
  })

  it('names the DestinationRule in which its subset was looked for', () => {
    expect(sentTo('{ host: shop, subset: c }').destinationRule).toMatchObject({
      resource: 'DestinationRule shop/shop',
    })
    expect(sentTo('{ host: store }').destinationRule).toBeNull()
  })
})

const service = (targetPort: string) => `
apiVersion: v1
kind: Service
metadata: { name: shop, namespace: shop }
spec: { selector: { app: shop }, ports: [{ port: 80, name: http${targetPort} }] }`

const idle = (replicas: number) =>
  app('shop', ['a']).replace('spec: { template', `spec: { replicas: ${replicas}, template`)

describe('the endpoints', () => {
  it('are those whose labels the subset has', () => {
    const mesh = shop([otherwise('a')])
    const decision = ask(mesh, 'http://shop/')
    expect(decision.outcome).toMatchObject({
      endpoints: [{ address: null, port: 8080, workload: 'shop-a', namespace: 'shop' }],
    })
    expect(workloads(ask(shop([otherwise('b')]), 'http://shop/'))).toEqual(['shop-b'])
  })

  it('are all of the Service for a subset without labels', () => {
    const mesh = meshOf(
      caller(),
      app('shop', ['a', 'b']),
      subsets('shop', ['all']).replace('labels: { version: all }', 'labels: {}'),
      virtualService([otherwise('all')]),
    )
    expect(workloads(ask(mesh, 'http://shop/'))).toEqual(['shop-a', 'shop-b'])
  })

  it('are none where no workload has the labels: 503 UH', () => {
    const mesh = meshOf(
      caller(),
      app('shop', ['a']),
      subsets('shop', ['gone']),
      virtualService([otherwise('gone')]),
    )
    expect(ask(mesh, 'http://shop/')).toMatchObject({
      outcome: {
        kind: 'respond',
        status: 503,
        flags: ['UH'],
        detail: 'no_healthy_upstream',
        body: 'no healthy upstream',
        cluster: 'outbound|80|gone|shop.shop.svc.cluster.local',
        subset: 'gone',
      },
      destinationRule: { resource: 'DestinationRule shop/shop' },
    })
  })

  it('are none of a workload without replicas', () => {
    expect(target(ask(meshOf(caller(), idle(0)), 'http://shop/'))).toBe('503 UH')
    expect(workloads(ask(meshOf(caller(), idle(2)), 'http://shop/'))).toEqual(['shop-a'])
  })

  it('are none of a Service without a selector, and none of another namespace', () => {
    const bare = app('shop', ['a']).replace('selector: { app: shop }, ', '')
    expect(target(ask(meshOf(caller(), bare), 'http://shop/'))).toBe('503 UH')
    const apart = meshOf(caller(), app('shop', []), app('shop', ['a'], { namespace: 'elsewhere' }))
    expect(target(ask(apart, 'http://shop/'))).toBe('503 UH')
  })

  it('answer on the port that the Service’s target port names', () => {
    const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: shop-a, namespace: shop }
spec:
  template:
    metadata: { labels: { app: shop } }
    spec: { containers: [{ ports: [{ containerPort: 1 }] }, { ports: [{ name: web, containerPort: 8081 }] }] }`
    const port = (targetPort: string) =>
      ask(meshOf(caller(), service(targetPort), deployment), 'http://shop/').outcome
    expect(port(', targetPort: web')).toMatchObject({ endpoints: [{ port: 8081 }] })
    expect(port(', targetPort: 8082')).toMatchObject({ endpoints: [{ port: 8082 }] })
    expect(port('')).toMatchObject({ endpoints: [{ port: 80 }] })
    expect(port(', targetPort: other')).toMatchObject({ status: 503, flags: ['UH'] })
  })

  it('are those that the caller of `compile` knows', () => {
    const asked: [string, number][] = []
    const decision = ask(shop([otherwise('a')]), 'http://shop/', {
      endpoints: ({ id }, targetPort) => {
        asked.push([id, targetPort])
        return id === 'deployment/shop/shop-a'
          ? [
              { address: '127.0.0.1', port: 4001 },
              { address: '127.0.0.1', port: 4002 },
            ]
          : []
      },
    })
    expect(asked).toEqual([
      ['deployment/shop/shop-a', 8080],
      ['deployment/shop/shop-b', 8080],
    ])
    expect(decision.outcome).toMatchObject({
      kind: 'forward',
      endpoints: [
        { address: '127.0.0.1', port: 4001, workload: 'shop-a', namespace: 'shop' },
        { address: '127.0.0.1', port: 4002, workload: 'shop-a', namespace: 'shop' },
      ],
    })
    expect(subset(ask(shop([otherwise('b')]), 'http://shop/', { endpoints: () => [] }))).toBe(
      '503 UH',
    )
  })
})
