import { describe, expect, it } from 'vitest'
import type { Ask } from './world.ts'
import { ask, otherwise, shop, subset, when } from './world.ts'

function matches(match: string, url: string, asked: Ask = {}): boolean {
  return subset(ask(shop([when(match, 'a'), otherwise('b')]), url, asked)) === 'a'
}

function reason(match: string, url: string, asked: Ask = {}): [string, string] | undefined {
  const [passed] = ask(shop([when(match, 'a'), otherwise('b')]), url, asked).passed
  return passed === undefined ? undefined : [passed.code, passed.because]
}

describe('uri', () => {
  it.each([
    ['{ exact: /a }', '/a', true],
    ['{ exact: /a }', '/a?b=c', true],
    ['{ exact: /a }', '/a/', false],
    ['{ exact: /a }', '/A', false],
    ['{ prefix: /a }', '/a', true],
    ['{ prefix: /a }', '/ab', true],
    ['{ prefix: /a }', '/a/b', true],
    ['{ prefix: /a/ }', '/a', false],
    ['{ prefix: "" }', '/x', true],
    ['{ regex: "/a/[0-9]+" }', '/a/12', true],
    ['{ regex: "/a/[0-9]+" }', '/a/12?b', true],
    ['{ regex: "/a/[0-9]+" }', '/a/12/b', false],
    ['{ regex: "/a" }', '/A', false],
    ['{}', '/x', true],
  ])('%s with path %s: %s', (condition, path, expected) => {
    expect(matches(`{ uri: ${condition} }`, `http://shop${path}`)).toBe(expected)
  })

  it.each([
    ['{ exact: /aB }', '/Ab', true],
    ['{ prefix: /aB }', '/ABc', true],
    ['{ regex: /ab }', '/AB', false],
  ])('in any case: %s with path %s: %s', (condition, path, expected) => {
    const match = `{ uri: ${condition}, ignoreUriCase: true }`
    expect(matches(match, `http://shop${path}`)).toBe(expected)
  })

  it.each([
    ['/x/../a', '/a'],
    ['/./a', '/a'],
    ['/x/%2e%2E/a', '/a'],
    ['/x\\..\\a', '/a'],
    ['/../../a', '/a'],
    ['/a/b/..', '/a/'],
    ['/a/.', '/a/'],
    ['/a..b/.c', '/a..b/.c'],
  ])('sees %s as %s', (path, seen) => {
    const mesh = shop([when(`{ uri: { exact: ${JSON.stringify(seen)} } }`, 'a')])
    // `new URL` would normalize it before we could.
    const asked = ask(mesh, `http://shop:80${path}`)
    expect(subset(asked)).toBe('a')
    expect(asked.rewrite.path).toBe(path === seen ? null : seen)
  })

  it('is the reason in words', () => {
    expect(reason('{ uri: { prefix: /a } }', 'http://shop/b?c')).toEqual([
      'uri',
      'path is "/b", the route wants one that begins with "/a"',
    ])
    expect(reason('{ uri: { exact: /a }, ignoreUriCase: true }', 'http://shop/b')).toEqual([
      'uri',
      'path is "/b", the route wants exactly "/a" in any case',
    ])
  })
})

describe('method', () => {
  it('wants its case', () => {
    expect(matches('{ method: { exact: POST } }', 'http://shop/', { method: 'POST' })).toBe(true)
    expect(matches('{ method: { exact: POST } }', 'http://shop/', { method: 'post' })).toBe(false)
    expect(reason('{ method: { exact: POST } }', 'http://shop/')).toEqual([
      'method',
      'method is "GET", the route wants exactly "POST"',
    ])
  })
})

describe('queryParams', () => {
  it.each([
    ['{ a: { exact: b } }', '?a=b', true],
    ['{ a: { exact: b } }', '?x&a=b', true],
    ['{ a: { exact: b } }', '?a=c', false],
    ['{ a: { exact: b } }', '', false],
    ['{ a: { exact: b } }', '?A=b', false],
    ['{ a: { exact: b } }', '?a=b&a=c', true],
    ['{ a: { exact: c } }', '?a=b&a=c', false],
    ['{ a: { exact: "" } }', '?a', true],
    ['{ a: { exact: "" } }', '?a=', true],
    ['{ a: { exact: "x=y" } }', '?a=x=y', true],
    ['{ a: { exact: "b c" } }', '?a=b%20c', false],
    ['{ a: { prefix: b } }', '?a=bc', true],
    ['{ a: { regex: "b+" } }', '?a=bbb', true],
    ['{ a: { regex: "b+" } }', '?a=bbc', false],
    ['{ a: {} }', '?a', true],
    ['{ a: {} }', '?b', false],
    ['{ a: { exact: b }, c: { exact: d } }', '?c=d&a=b', true],
    ['{ a: { exact: b }, c: { exact: d } }', '?a=b', false],
  ])('%s with %s: %s', (condition, query, expected) => {
    expect(matches(`{ queryParams: ${condition} }`, `http://shop/${query}`)).toBe(expected)
  })

  it('are the reason in words', () => {
    expect(reason('{ queryParams: { a: { exact: b } } }', 'http://shop/')).toEqual([
      'query',
      'query parameter "a" is absent, the route wants exactly "b"',
    ])
  })
})

describe('authority', () => {
  it('is compared as it was sent, port and case included', () => {
    const match = '{ authority: { exact: "shop:80" } }'
    expect(matches(match, 'http://shop/', { headers: [['host', 'shop:80']] })).toBe(true)
    expect(matches(match, 'http://shop/')).toBe(false)
    expect(matches(match, 'http://shop/', { headers: [['host', 'Shop:80']] })).toBe(false)
    expect(reason(match, 'http://shop/')).toEqual([
      'authority',
      'authority is "shop", the route wants exactly "shop:80"',
    ])
  })
})

describe('scheme', () => {
  it('is always http, since no rule sees what is encrypted', () => {
    expect(matches('{ scheme: { exact: http } }', 'http://shop/')).toBe(true)
    expect(reason('{ scheme: { exact: https } }', 'http://shop/')).toEqual([
      'scheme',
      'scheme is "http", the route wants exactly "https"',
    ])
  })
})

describe('several match entries', () => {
  const mesh = shop([
    when('{ uri: { exact: /1 } }, { name: two, uri: { exact: /2 } }', 'a'),
    `{ name: rule, match: [{ name: three, uri: { exact: /3 } }], route: [{ destination: { host: shop, subset: b } }] }`,
    `{ name: last, route: [{ destination: { host: shop, subset: b } }] }`,
  ])

  it('are a route each, named for the rule and the entry', () => {
    const decision = ask(mesh, 'http://shop/x')
    expect(decision.passed.map(({ index, name, code }) => [index, name, code])).toEqual([
      [0, null, 'uri'],
      [1, '.two', 'uri'],
      [2, 'rule.three', 'uri'],
    ])
    expect(decision.route).toMatchObject({ index: 3, name: 'last' })
  })

  it('are either-or, and the decision points at the one that matched', () => {
    const decision = ask(mesh, 'http://shop/2')
    expect(subset(decision)).toBe('a')
    expect(decision.route).toMatchObject({
      index: 1,
      origin: {
        resource: 'VirtualService shop/rule',
        position: mesh.virtualServices[0]?.resource.position(['spec', 'http', 0, 'match', 1]),
      },
    })
  })
})

describe('the conditions of one entry', () => {
  it('are tried by the names of the headers, as Envoy gets them', () => {
    const match = '{ headers: { b: {}, c: {} }, withoutHeaders: { a: {} } }'
    expect(reason(match, 'http://shop/')?.[1]).toContain('header "b"')
    expect(reason(match, 'http://shop/', { headers: [['a', '1']] })?.[1]).toContain('header "a"')
  })

  it('must all hold, and the first that does not is the reason', () => {
    const match =
      '{ uri: { prefix: /a }, method: { exact: GET }, headers: { x: { exact: a } }, queryParams: { q: {} } }'
    const url = 'http://shop/a?q'
    expect(matches(match, url, { headers: [['x', 'a']] })).toBe(true)
    expect(reason(match, 'http://shop/b', { headers: [] })?.[0]).toBe('header')
    expect(reason(match, 'http://shop/b', { headers: [['x', 'a']], method: 'PUT' })?.[0]).toBe(
      'method',
    )
    expect(reason(match, 'http://shop/b', { headers: [['x', 'a']] })?.[0]).toBe('query')
    expect(reason(match, 'http://shop/b?q', { headers: [['x', 'a']] })?.[0]).toBe('uri')
  })
})
