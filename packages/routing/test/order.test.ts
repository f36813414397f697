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
  when,
} from './world.ts'
import type { Rule } from './world.ts'

/** A shop with several VirtualServices. */
function shopWith(...rules: readonly (Rule & { readonly http: readonly string[] })[]) {
  return meshOf(
    caller(),
    caller('elsewhere'),
    app('shop', ['a', 'b']),
    subsets('shop', ['a', 'b']),
    ...rules.map(({ http, ...rule }) => virtualService(http, rule)),
  )
}

const full = '[shop.shop.svc.cluster.local]'

describe('the rules of a VirtualService', () => {
  it('are tried in order: the first match wins', () => {
    const mesh = shop([
      when('{ uri: { prefix: /x } }', 'a'),
      when('{ uri: { prefix: /x/y } }', 'b'),
    ])
    expect(subset(ask(mesh, 'http://shop/x/y'))).toBe('a')
  })

  it('answer 404 NR where none matches, without a look at another virtual host', () => {
    const decision = ask(shop([when('{ uri: { prefix: /x } }', 'a')]), 'http://shop/')
    expect(decision).toMatchObject({
      virtualHost: 'shop.shop.svc.cluster.local:80',
      route: null,
      outcome: { kind: 'respond', status: 404, flags: ['NR'], detail: 'route_not_found', body: '' },
      passed: [{ index: 0, code: 'uri' }],
    })
  })

  it('do not end with one that only looks like it', () => {
    const mesh = shop([when('{ uri: { prefix: / }, method: { exact: PUT } }', 'a'), otherwise('b')])
    expect(subset(ask(mesh, 'http://shop/'))).toBe('b')
  })
})

const time = (day: string) => ({ metadata: `creationTimestamp: "2026-01-${day}T00:00:00Z"` })

describe('several VirtualServices for one host, on a sidecar', () => {
  it('are not merged: the oldest has the host alone', () => {
    const mesh = shopWith(
      { name: 'a-young', http: [otherwise('b')], ...time('02') },
      { name: 'z-old', http: [when('{ uri: { exact: /a } }', 'a')], ...time('01') },
    )
    expect(subset(ask(mesh, 'http://shop/a'))).toBe('a')
    const decision = ask(mesh, 'http://shop/b')
    expect(target(decision)).toBe('404 NR')
    expect(decision.passed).toMatchObject([
      {
        index: null,
        name: null,
        origin: { resource: 'VirtualService shop/a-young' },
        code: 'other-virtual-service',
        because:
          'VirtualService shop/z-old has "shop.shop.svc.cluster.local" already, and on sidecars only one ' +
          'VirtualService applies: the one with the most specific host, then the oldest',
      },
      { index: 0, code: 'uri' },
    ])
  })

  it('go by name and then namespace where they are of one age', () => {
    const byName = shopWith(
      { name: 'b', http: [otherwise('b')] },
      { name: 'a', http: [otherwise('a')] },
    )
    expect(subset(ask(byName, 'http://shop/'))).toBe('a')
    const byNamespace = shopWith(
      {
        name: 'x',
        namespace: 'shop',
        hosts: full,
        http: ['{ route: [{ destination: { host: shop, subset: b } }] }'],
      },
      {
        name: 'x',
        namespace: 'elsewhere',
        hosts: full,
        http: ['{ route: [{ destination: { host: shop.shop.svc.cluster.local, subset: a } }] }'],
      },
    )
    expect(subset(ask(byNamespace, 'http://shop/'))).toBe('a')
  })

  it('count one without a date as older than any', () => {
    const mesh = shopWith(
      { name: 'a', http: [otherwise('b')], ...time('01') },
      { name: 'b', http: [otherwise('a')] },
    )
    expect(subset(ask(mesh, 'http://shop/'))).toBe('a')
  })

  it('let the next one take over where no rule of the first is for this caller', () => {
    const mesh = shopWith(
      { name: 'a', http: [when('{ sourceLabels: { app: other } }', 'b')] },
      { name: 'b', http: [when('{ port: 81 }', 'b')] },
      { name: 'c', http: [otherwise('a')] },
    )
    const decision = ask(mesh, 'http://shop/')
    expect(subset(decision)).toBe('a')
    expect(decision.passed.map(({ origin, code }) => [origin?.resource, code])).toEqual([
      ['VirtualService shop/a', 'source-labels'],
      ['VirtualService shop/b', 'port'],
    ])
  })

  it('leave the Service its default route where none is left', () => {
    const mesh = shopWith({ http: [when('{ sourceNamespace: other }', 'b')] })
    const decision = ask(mesh, 'http://shop/')
    expect(decision.route).toEqual({ index: 0, name: 'default', origin: null })
    expect(subset(decision)).toBe('(any)')
    expect(decision.passed).toMatchObject([
      {
        index: null,
        code: 'source-namespace',
        because: 'the caller is in namespace "shop", the match wants "other"',
      },
    ])
  })

  it('prefer the more specific host, whatever the age', () => {
    const mesh = shopWith(
      { name: 'a', hosts: '["*.svc.cluster.local"]', http: [otherwise('b')] },
      { name: 'b', hosts: '["*.shop.svc.cluster.local"]', http: [otherwise('b')] },
      { name: 'c', hosts: full, http: [otherwise('a')] },
    )
    const decision = ask(mesh, 'http://shop/')
    expect(subset(decision)).toBe('a')
    expect(decision.passed.map(({ origin, code }) => [origin?.resource, code])).toEqual([
      ['VirtualService shop/a', 'other-virtual-service'],
      ['VirtualService shop/b', 'other-virtual-service'],
    ])
    const wildcards = shopWith(
      { name: 'a', hosts: '["*.svc.cluster.local"]', http: [otherwise('b')] },
      { name: 'b', hosts: '["*.shop.svc.cluster.local"]', http: [otherwise('a')] },
    )
    expect(subset(ask(wildcards, 'http://shop/'))).toBe('a')
  })
})

describe('what configuration alone excludes', () => {
  it('stands between the routes where it was written, without an index', () => {
    const mesh = shop(
      [
        when('{ uri: { exact: /1 } }', 'b'),
        when('{ port: 81 }', 'b'),
        when('{ sourceLabels: { app: other, tier: x } }', 'b'),
        when('{ sourceLabels: { tier: x } }', 'b'),
        when('{ gateways: [outside] }', 'b'),
        when('{ uri: { exact: /2 } }', 'b'),
        otherwise('a'),
        when('{ port: 82 }', 'b'),
      ],
      { spec: 'gateways: [mesh, outside]' },
    )
    const decision = ask(mesh, 'http://shop/')
    expect(decision.passed.map(({ index, code, because }) => [index, code, because])).toEqual([
      [0, 'uri', 'path is "/", the route wants exactly "/1"'],
      [null, 'port', 'the match is for port 81, the request came in on port 80'],
      [null, 'source-labels', 'label "app" of the caller is "caller", the match wants "other"'],
      [null, 'source-labels', 'label "tier" of the caller is absent, the match wants "x"'],
      [null, 'gateways', 'the match is for gateway shop/outside only'],
      [1, 'uri', 'path is "/", the route wants exactly "/2"'],
    ])
    expect(decision.route?.index).toBe(2)
    expect(ask(mesh, 'http://shop/1').passed).toEqual([])
  })

  it('does not look at the source where the match names gateways', () => {
    const mesh = shop([when('{ gateways: [mesh], sourceLabels: { app: other } }', 'a')])
    expect(subset(ask(mesh, 'http://shop/'))).toBe('a')
  })

  it('is not gathered where nobody asks for it', () => {
    const mesh = shop([when('{ uri: { exact: /1 } }', 'b'), otherwise('a')])
    const decision = ask(mesh, 'http://shop/', { passed: false })
    expect(decision.passed).toEqual([])
    expect(decision.route?.index).toBe(1)
  })
})

const rule = (host: string) => `{ route: [{ destination: { host: ${host} } }] }`

describe('a VirtualService that a caller does not see', () => {
  it('is one for a gateway only', () => {
    const mesh = shopWith({ http: [otherwise('a')], spec: 'gateways: [door, far/door]' })
    const decision = ask(mesh, 'http://shop/')
    expect(decision.route?.name).toBe('default')
    expect(decision.passed).toMatchObject([
      {
        index: null,
        code: 'gateways',
        because: 'it is for gateway shop/door and gateway far/door only, the caller is a sidecar',
        origin: { resource: 'VirtualService shop/rule' },
      },
    ])
  })

  it('is one for all hosts of a gateway that sends to the Service, but none that does not', () => {
    const spec = { hosts: '["*"]', spec: 'gateways: [door]' }
    const mesh = shopWith(
      { name: 'meant', http: [rule('shop')], ...spec },
      { name: 'other', http: [rule('other')], ...spec },
    )
    expect(ask(mesh, 'http://shop/').passed.map(({ origin }) => origin?.resource)).toEqual([
      'VirtualService shop/meant',
    ])
  })

  it.each([
    ['["."]', 'shop', 'a'],
    ['["."]', 'elsewhere', 'default'],
    ['[elsewhere]', 'elsewhere', 'a'],
    ['[elsewhere]', 'shop', 'default'],
    ['["*"]', 'elsewhere', 'a'],
  ])('exported to %s, from namespace %s: %s', (exportTo, namespace, expected) => {
    const mesh = shopWith({ http: [otherwise('a')], spec: `exportTo: ${exportTo}` })
    const decision = ask(mesh, 'http://shop.shop/', { from: `deployment/${namespace}/caller` })
    const isHidden = expected === 'default'
    expect(isHidden ? decision.route?.name : subset(decision)).toBe(expected)
    expect(decision.passed.map(({ code }) => code)).toEqual(isHidden ? ['export-to'] : [])
  })

  it('gives way to one that is for the caller’s namespace alone, however old it is', () => {
    const mesh = shopWith(
      { name: 'a', hosts: full, http: ['{ route: [{ destination: { host: shop, subset: a } }] }'] },
      {
        name: 'b',
        namespace: 'elsewhere',
        hosts: full,
        spec: 'exportTo: ["."]',
        http: ['{ route: [{ destination: { host: shop.shop.svc.cluster.local, subset: b } }] }'],
      },
    )
    const from = 'deployment/elsewhere/caller'
    expect(subset(ask(mesh, 'http://shop.shop/', { from }))).toBe('b')
    expect(subset(ask(mesh, 'http://shop.shop/'))).toBe('a')
  })
})
