import { describe, expect, it } from 'vitest'
import { findProxy, proxies } from '../src/index.ts'
import type { Mesh } from '../src/index.ts'
import type { Ask } from './world.ts'
import {
  app,
  ask,
  caller,
  meshOf,
  otherwise,
  subset,
  subsets,
  target,
  virtualService,
  when,
} from './world.ts'

interface Door {
  readonly name?: string
  readonly namespace?: string
  readonly selector?: string
  readonly servers?: string
  readonly metadata?: string
}

function door({
  name = 'door',
  namespace = 'shop',
  selector = '{ istio: gate }',
  servers,
  metadata,
}: Door = {}) {
  return `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: ${name}, namespace: ${namespace}${metadata === undefined ? '' : `, ${metadata}`} }
spec:
  selector: ${selector}
  servers: ${servers ?? server('["*"]')}`
}

function server(hosts: string, port = 80, rest = ''): string {
  return `[{ port: { number: ${port}, name: http, protocol: HTTP }, hosts: ${hosts}${rest} }]`
}

/** A VirtualService that is bound to the door. */
function bound(http: readonly string[], rest: Parameters<typeof virtualService>[1] = {}): string {
  return virtualService(http, { hosts: '[shop.example.com]', spec: 'gateways: [door]', ...rest })
}

const things = [caller(), app('shop', ['a', 'b'], { port: 8000 }), subsets('shop', ['a', 'b'])]

function enter(mesh: Mesh, url: string, asked: Ask = {}) {
  return ask(mesh, url, { from: 'gateway/shop/door', ...asked })
}

const toA = '{ route: [{ destination: { host: shop, subset: a } }] }'

describe('proxies', () => {
  const mesh = meshOf(...things, door())

  it('are a sidecar for each Deployment and a router for each Gateway', () => {
    expect(proxies(mesh).map(({ type, id }) => [type, id])).toEqual([
      ['sidecar', 'deployment/shop/caller'],
      ['sidecar', 'deployment/shop/shop-a'],
      ['sidecar', 'deployment/shop/shop-b'],
      ['gateway', 'gateway/shop/door'],
    ])
  })

  it('are found by their id, and no other way', () => {
    expect(findProxy(mesh, 'gateway/shop/door')).toEqual({
      type: 'gateway',
      id: 'gateway/shop/door',
      namespace: 'shop',
      name: 'door',
      labels: { istio: 'gate' },
    })
    expect(findProxy(mesh, 'deployment/shop/shop-a')?.labels).toEqual({ app: 'shop', version: 'a' })
    expect(findProxy(mesh, 'door')).toBeUndefined()
    expect(findProxy(mesh, 'deployment/shop/gone')).toBeUndefined()
  })
})

describe('a gateway', () => {
  it('routes by the rules that are bound to it, to the only port of the Service', () => {
    const mesh = meshOf(...things, door(), bound([otherwise('a')]))
    expect(enter(mesh, 'http://shop.example.com/')).toMatchObject({
      listener: '0.0.0.0_80',
      routeConfig: 'http.80',
      virtualHost: 'shop.example.com:80',
      outcome: { cluster: 'outbound|8000|a|shop.shop.svc.cluster.local' },
    })
  })

  it('takes its own port for a Service of several', () => {
    const several = things.map((one) =>
      one.replace('ports: [', 'ports: [{ port: 81, name: http-2 }, '),
    )
    const mesh = meshOf(...several, door(), bound([otherwise('a')]))
    expect(target(enter(mesh, 'http://shop.example.com/'))).toBe('503 NC')
  })

  it('serves only the ports of its servers', () => {
    const mesh = meshOf(...things, door(), bound([otherwise('a')]))
    expect(enter(mesh, 'http://shop.example.com:81/')).toMatchObject({
      listener: null,
      outcome: {
        kind: 'no-listener',
        detail: 'no Gateway gives gateway/shop/door a server on port 81',
      },
    })
    expect(enter(mesh, 'https://shop.example.com:80/').outcome).toMatchObject({
      kind: 'reset',
      detail: 'TLS where HTTP is expected',
    })
  })

  it('answers 404 NR for hosts that no rule names, and where it has no rules at all', () => {
    const mesh = meshOf(...things, door(), bound([otherwise('a')]))
    expect(enter(mesh, 'http://other.example.com/')).toMatchObject({
      routeConfig: 'http.80',
      virtualHost: null,
      outcome: { status: 404, flags: ['NR'] },
    })
    expect(target(enter(meshOf(...things, door()), 'http://shop.example.com/'))).toBe('404 NR')
  })

  it('knows no Service by its own name unless a rule names it', () => {
    const mesh = meshOf(...things, door(), bound([otherwise('a')], { hosts: '[shop]' }))
    expect(target(enter(mesh, 'http://shop/'))).toBe('404 NR')
    expect(subset(enter(mesh, 'http://shop.shop.svc.cluster.local/'))).toBe('a')
  })

  it.each([
    ['[localhost]', 'localhost', '404 NR'],
    ['[localhost]', 'localhost.shop.svc.cluster.local', 'a'],
    ['["*"]', 'anything.example.org', 'a'],
    ['["*.example.com"]', 'shop.example.com', 'a'],
    ['["*.example.com"]', 'shop.example.com:8080', 'a'],
    ['["*.example.com"]', 'example.com', '404 NR'],
    ['[Shop.Example.com]', 'SHOP.example.com', 'a'],
  ])('with rules for %s sends %s to %s', (hosts, host, expected) => {
    const mesh = meshOf(...things, door(), bound([otherwise('a')], { hosts }))
    expect(subset(enter(mesh, 'http://x/', { headers: [['host', host]] }))).toBe(expected)
  })

  it('does not apply rules for the mesh, and sidecars not the gateway’s', () => {
    const mesh = meshOf(
      ...things,
      door(),
      virtualService([otherwise('a')], { name: 'inside', hosts: '[shop, shop.example.com]' }),
      bound([otherwise('b')], { hosts: '[shop, shop.example.com]' }),
    )
    expect(subset(enter(mesh, 'http://shop.example.com/'))).toBe('b')
    expect(enter(mesh, 'http://shop.example.com/').passed).toMatchObject([
      {
        index: null,
        code: 'gateways',
        origin: { resource: 'VirtualService shop/inside' },
        because: 'it is for mesh (sidecars) only, the proxy is gateway/shop/door',
      },
    ])
    expect(subset(ask(mesh, 'http://shop:8000/'))).toBe('a')
  })

  it.each([
    ['[door]', 'a'],
    ['[shop/door]', 'a'],
    ['[door.shop]', 'a'],
    ['[door.shop.svc.cluster.local]', 'a'],
    ['[mesh, door]', 'a'],
    ['[far/door]', '404 NR'],
    ['[mesh]', '404 NR'],
  ])('is meant by %s: %s', (gateways, expected) => {
    const mesh = meshOf(
      ...things,
      door(),
      bound([otherwise('a')], { spec: `gateways: ${gateways}` }),
    )
    expect(subset(enter(mesh, 'http://shop.example.com/'))).toBe(expected)
  })
})

describe('the hosts of a server', () => {
  it.each([
    ['["*"]', '200'],
    ['["*/*"]', '200'],
    ['["shop/*"]', '200'],
    ['["./*"]', '200'],
    ['["./shop.example.com"]', '200'],
    ['["*/shop.example.com"]', '200'],
    ['["far/*"]', '404 NR'],
    ['["*.example.com"]', '200'],
    ['["*.example.org"]', '404 NR'],
    ['[shop.example.com]', '200'],
    ['[other.example.com, shop.example.com]', '200'],
  ])('%s let a rule of namespace shop for shop.example.com in: %s', (hosts, expected) => {
    const mesh = meshOf(
      ...things,
      door({ servers: server(hosts) }),
      bound(['{ directResponse: { status: 200 } }']),
    )
    expect(target(enter(mesh, 'http://shop.example.com/'))).toBe(expected)
  })

  it('narrow a wildcard of the rule', () => {
    const mesh = meshOf(
      ...things,
      door({ servers: server('[shop.example.com]') }),
      bound([otherwise('a')], { hosts: '["*.example.com"]' }),
    )
    expect(subset(enter(mesh, 'http://shop.example.com/'))).toBe('a')
    expect(subset(enter(mesh, 'http://other.example.com/'))).toBe('404 NR')
  })

  it('send plain requests to https where the server says so', () => {
    const mesh = meshOf(
      ...things,
      door({ servers: server('["*.example.com"]', 80, ', tls: { httpsRedirect: true }') }),
      bound([otherwise('a')]),
    )
    expect(target(enter(mesh, 'http://shop.example.com/a?b'))).toBe(
      '301 https://shop.example.com/a?b',
    )
    expect(target(enter(mesh, 'http://new.example.com/'))).toBe('301 https://new.example.com/')
  })
})

describe('several VirtualServices for one host, on a gateway', () => {
  const mesh = meshOf(
    ...things,
    door(),
    bound([when('{ uri: { exact: /1 } }', 'a'), toA], { name: 'first' }),
    bound([when('{ uri: { exact: /2 } }', 'b'), otherwise('b')], { name: 'second' }),
  )

  it('are merged by age and name, with the rules for every request last', () => {
    expect(subset(enter(mesh, 'http://shop.example.com/1'))).toBe('a')
    expect(subset(enter(mesh, 'http://shop.example.com/2'))).toBe('b')
    const rest = enter(mesh, 'http://shop.example.com/3')
    expect(rest.route).toMatchObject({
      index: 2,
      origin: { resource: 'VirtualService shop/first' },
    })
    expect(rest.passed.map(({ index, origin }) => [index, origin?.resource])).toEqual([
      [0, 'VirtualService shop/first'],
      [1, 'VirtualService shop/second'],
    ])
  })

  it.each([
    ['no match', otherwise('a')],
    ['an empty match', when('{}', 'a')],
    ['the prefix of all paths', when('{ uri: { prefix: / } }', 'a')],
    ['the regex of all paths', when('{ uri: { regex: ".*" } }', 'a')],
  ])('try a rule for every request last, and lose what follows it: %s', (_name, rule) => {
    const never = when('{ headers: { x: {} } }', 'b')
    const second = bound([when('{ uri: { exact: /2 } }', 'b')], { name: 'second' })
    const merged = meshOf(...things, door(), bound([rule, never]), second)
    expect(subset(enter(merged, 'http://shop.example.com/2'))).toBe('b')
    const decision = enter(merged, 'http://shop.example.com/', { headers: [['x', 'y']] })
    expect(subset(decision)).toBe('a')
    expect(decision.passed.map(({ code }) => code)).toEqual(['uri'])
  })

  it('are not merged with those for a wildcard of the host', () => {
    const apart = meshOf(
      ...things,
      door(),
      bound([when('{ uri: { exact: /1 } }', 'a')], { name: 'exact' }),
      bound([otherwise('b')], { name: 'wild', hosts: '["*"]' }),
    )
    expect(subset(enter(apart, 'http://shop.example.com/1'))).toBe('a')
    expect(subset(enter(apart, 'http://shop.example.com/2'))).toBe('404 NR')
    expect(subset(enter(apart, 'http://other.example.com/2'))).toBe('b')
  })

  it('keep what configuration excludes where it was written', () => {
    const mixed = meshOf(
      ...things,
      door(),
      bound([when('{ port: 81 }', 'a'), toA], { name: 'first' }),
      bound([when('{ uri: { exact: /2 } }', 'b'), when('{ port: 82 }', 'b'), otherwise('b')], {
        name: 'second',
      }),
    )
    const { passed, route } = enter(mixed, 'http://shop.example.com/')
    expect(passed.map(({ index, code, because }) => [index, code, because.slice(0, 24)])).toEqual([
      [0, 'uri', 'path is "/", the route w'],
      [null, 'port', 'the match is for port 81'],
    ])
    expect(route?.index).toBe(1)
  })
})

const withMatch = (match: string) =>
  subset(enter(meshOf(...things, door(), bound([when(match, 'a')])), 'http://shop.example.com/'))

describe('what configuration decides on a gateway', () => {
  it.each([
    ['{ port: 80 }', 'a'],
    ['{ port: 8000 }', '404 NR'],
    ['{ gateways: [door] }', 'a'],
    ['{ gateways: [mesh] }', '404 NR'],
    ['{ sourceLabels: { istio: gate } }', 'a'],
    ['{ sourceLabels: { app: caller } }', '404 NR'],
    ['{ sourceNamespace: shop }', 'a'],
    ['{ sourceNamespace: far }', '404 NR'],
  ])('%s: %s', (match, expected) => {
    expect(withMatch(match)).toBe(expected)
  })
})

const far = (exportTo: string) =>
  meshOf(
    ...things,
    door({ namespace: 'far' }),
    bound([otherwise('a')], { spec: `exportTo: ${exportTo}\n  gateways: [far/door]` }),
  )

describe('several Gateways', () => {
  it('that select the same pods share their ports, each with its own rules', () => {
    const mesh = meshOf(
      ...things,
      door(),
      door({ name: 'side', servers: server('["*"]', 80) }),
      door({ name: 'back', servers: server('["*"]', 81) }),
      door({ name: 'far', selector: '{ istio: other }', servers: server('["*"]', 82) }),
      bound([otherwise('a')]),
      bound([otherwise('b')], {
        name: 'side',
        hosts: '[side.example.com]',
        spec: 'gateways: [side, back]',
      }),
    )
    for (const from of ['gateway/shop/door', 'gateway/shop/side']) {
      expect(subset(enter(mesh, 'http://shop.example.com/', { from }))).toBe('a')
      expect(subset(enter(mesh, 'http://side.example.com/', { from }))).toBe('b')
      expect(subset(enter(mesh, 'http://side.example.com:81/', { from }))).toBe('b')
      expect(subset(enter(mesh, 'http://shop.example.com:81/', { from }))).toBe('404 NR')
      expect(subset(enter(mesh, 'http://side.example.com:82/', { from }))).toBe('no-listener')
    }
  })

  it('without a selector are every router’s', () => {
    const mesh = meshOf(
      ...things,
      door({ selector: '{ istio: other }', servers: server('["elsewhere.example.com"]', 90) }),
      door({ name: 'all', selector: '{}' }),
      bound([otherwise('a')], { spec: 'gateways: [all]' }),
    )
    expect(subset(enter(mesh, 'http://shop.example.com/'))).toBe('a')
  })

  it('see only the rules that are exported to their namespace', () => {
    const from = 'gateway/far/door'
    expect(subset(enter(far('["*"]'), 'http://shop.example.com/', { from }))).toBe('a')
    expect(subset(enter(far('["."]'), 'http://shop.example.com/', { from }))).toBe('404 NR')
  })
})
