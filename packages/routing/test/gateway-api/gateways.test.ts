import { describe, expect, it } from 'vitest'
import { proxies } from '../../src/index.ts'
import { app, complaintsAbout, meshOf } from '../world.ts'
import { enter, kubernetesGateway, meshWith, route, service, services, to } from './world.ts'

const http = '{ name: http, port: 80, protocol: HTTP }'
const edge = { parents: '[{ name: edge }]' }

describe('a Gateway of class istio', () => {
  it('has a router of its own, and routes are attached to its listeners', () => {
    const mesh = meshWith(kubernetesGateway([http]), route([to('a')], edge))
    expect(proxies(mesh).map(({ id }) => id)).toContain('gateway/shop/edge')
    const decision = enter(mesh, 'http://any.example.com/')
    expect(service(decision)).toBe('a')
    expect(decision).toMatchObject({
      listener: '0.0.0.0_80',
      routeConfig: 'http.80',
      virtualHost: '*:80',
    })
  })

  it('passes over the routes of other Gateways, and says whose they are', () => {
    const mesh = meshWith(
      kubernetesGateway([http]),
      kubernetesGateway([http], { name: 'inner' }),
      route([to('a')], { parents: '[{ name: inner }]', hostnames: '[a.example.com]' }),
      route([to('b')], { ...edge, name: 'own', hostnames: '[a.example.com]' }),
    )
    expect(enter(mesh, 'http://a.example.com/').passed.map(({ because }) => because)).toEqual([
      'it is for listener http of gateway shop/inner only, the proxy is gateway/shop/edge',
    ])
  })

  it('answers 404 to hosts that no route is for', () => {
    const mesh = meshWith(
      kubernetesGateway([http]),
      route([to('a')], { ...edge, hostnames: '[a.example.com]' }),
    )
    expect(service(enter(mesh, 'http://a.example.com/'))).toBe('a')
    expect(service(enter(mesh, 'http://b.example.com/'))).toBe('404 NR')
  })

  it('has a Service in the mesh, which sidecars know', () => {
    const mesh = meshWith(kubernetesGateway([http]))
    expect(mesh.services.map(({ host }) => host)).toContain('edge-istio.shop.svc.cluster.local')
  })

  it('is another program’s of another class', () => {
    const mesh = meshWith(kubernetesGateway([http], { className: 'nginx' }), route([to('a')], edge))
    expect(proxies(mesh).map(({ id }) => id)).not.toContain('gateway/shop/edge')
    expect(mesh.diagnostics).toEqual([])
  })

  it('may be of a class that names Istio’s controller', () => {
    const gatewayClass = `
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: mine }
spec: { controllerName: istio.io/gateway-controller }`
    const mesh = meshWith(
      gatewayClass,
      kubernetesGateway([http], { className: 'mine' }),
      route([to('a')], edge),
    )
    expect(service(enter(mesh, 'http://any/'))).toBe('a')
  })

  it('is not modelled as a waypoint, and that is said', () => {
    const waypoint = kubernetesGateway(['{ name: mesh, port: 15008, protocol: HBONE }'], {
      className: 'istio-waypoint',
    })
    expect(complaintsAbout(...services(), waypoint)).toEqual([
      expect.stringContaining(
        'a Gateway of class istio-waypoint is not modelled yet; explain and the local mesh ignore it [not-modelled]',
      ),
    ])
  })
})

const section = (name: string, backend: string) =>
  route([to(backend)], {
    name,
    parents: `[{ name: edge, sectionName: ${name} }]`,
    hostnames: '[x.one.com, y.one.com, z.two.com]',
  })

describe('which listeners take a route', () => {
  const two =
    '{ name: one, port: 80, protocol: HTTP, hostname: "*.one.com" }, { name: two, port: 81, protocol: HTTP, hostname: "*.two.com" }'
  const attached = (parents: string, hostnames?: string) => {
    const mesh = meshWith(
      kubernetesGateway([two]),
      route([to('a')], { parents, ...(hostnames === undefined ? {} : { hostnames }) }),
    )
    return ['http://x.one.com/', 'http://x.two.com:81/'].map(
      (url) => service(enter(mesh, url)) === 'a',
    )
  }

  it.each([
    ['[{ name: edge }]', undefined, [true, true]],
    ['[{ name: edge, sectionName: one }]', undefined, [true, false]],
    ['[{ name: edge, port: 81 }]', undefined, [false, true]],
    ['[{ name: edge, sectionName: one, port: 81 }]', undefined, [false, false]],
    ['[{ name: edge }]', '[x.one.com]', [true, false]],
    ['[{ name: edge }]', '["*.two.com"]', [false, true]],
    ['[{ name: edge }]', '["*.com"]', [true, true]],
  ])('%s with hostnames %s', (parents, hostnames, expected) => {
    expect(attached(parents, hostnames)).toEqual(expected)
  })

  it('says why none does', () => {
    const text = route([to('a')], { parents: '[{ name: edge, sectionName: none }]' })
    expect(complaintsAbout(...services(), kubernetesGateway([two]), text)).toEqual([
      expect.stringContaining(
        'Gateway shop/edge takes it at no listener: the route wants listener "none", not "one"; the route wants listener "none", not "two" [not-attached]',
      ),
    ])
  })

  it('says that there is no such Gateway', () => {
    expect(complaintsAbout(...services(), route([to('a')], edge))).toEqual([
      expect.stringContaining('there is no Gateway shop/edge [not-attached]'),
    ])
  })

  it('a host is for the listener that names it most closely', () => {
    const listeners =
      '{ name: any, port: 80, protocol: HTTP }, { name: wild, port: 80, protocol: HTTP, hostname: "*.one.com" }, { name: exact, port: 80, protocol: HTTP, hostname: x.one.com }'
    const mesh = meshWith(
      kubernetesGateway([listeners]),
      section('any', 'shop'),
      section('wild', 'a'),
      section('exact', 'b'),
    )
    const decide = (host: string) => service(enter(mesh, `http://${host}/`))
    expect(decide('x.one.com')).toBe('b')
    expect(decide('y.one.com')).toBe('a')
    expect(decide('z.two.com')).toBe('shop')
  })

  it('of two listeners with one port and host the first counts, and that is said', () => {
    const mesh = meshWith(
      kubernetesGateway([
        http,
        '{ name: again, port: 80, protocol: HTTPS, tls: { options: { gateway.istio.io/tls-terminate-mode: ISTIO_MUTUAL } } }',
      ]),
      route([to('a')], { parents: '[{ name: edge, sectionName: again }]' }),
    )
    expect(service(enter(mesh, 'http://any/'))).toBe('404 NR')
    expect(mesh.diagnostics.map(({ code }) => code)).toEqual(['listener-conflict', 'not-attached'])
  })
})

const listener = (allowed: string) =>
  `{ name: http, port: 80, protocol: HTTP, allowedRoutes: ${allowed} }`

const fromOther = (allowed: string, ...documents: string[]) => {
  const other = app('a', ['one'], { namespace: 'other' })
  const parents = '[{ name: edge, namespace: shop }]'
  const mesh = meshOf(
    other,
    kubernetesGateway([listener(allowed)]),
    route([to('a')], { namespace: 'other', parents }),
    ...documents,
  )
  return service(enter(mesh, 'http://any/'))
}

describe('which namespaces’ routes a listener takes', () => {
  const taken = 'outbound|80||a.other.svc.cluster.local'
  const labelled = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: other, labels: { team: x } }'

  it.each([
    ['{}', '404 NR'],
    ['{ namespaces: { from: Same } }', '404 NR'],
    ['{ namespaces: { from: All } }', taken],
    ['{ namespaces: { from: None } }', '404 NR'],
    ['{ namespaces: { from: Selector, selector: { matchLabels: { team: x } } } }', taken],
    ['{ namespaces: { from: Selector, selector: { matchLabels: { team: z } } } }', '404 NR'],
    [
      '{ namespaces: { from: Selector, selector: { matchExpressions: [{ key: team, operator: In, values: [x, z] }] } } }',
      taken,
    ],
    [
      '{ namespaces: { from: Selector, selector: { matchExpressions: [{ key: team, operator: NotIn, values: [x] }] } } }',
      '404 NR',
    ],
    ['{ namespaces: { from: All }, kinds: [{ kind: GRPCRoute }] }', '404 NR'],
  ])('%s', (allowed, expected) => {
    expect(fromOther(allowed, labelled)).toBe(expected)
  })

  it('knows a namespace by its name, written down or not', () => {
    expect(
      fromOther(
        '{ namespaces: { from: Selector, selector: { matchLabels: { kubernetes.io/metadata.name: other } } } }',
      ),
    ).toBe(taken)
  })
})
