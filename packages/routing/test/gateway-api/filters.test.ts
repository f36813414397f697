import { describe, expect, it } from 'vitest'
import { ask, complaintsAbout } from '../world.ts'
import { meshWith, route, service, services, to } from './world.ts'

const filtered = (filter: string, match?: string) =>
  meshWith(route([to('a', match, `filters: [${filter}], `)]))

const redirect = (spec: string, match?: string) => {
  const matches = match === undefined ? '' : `matches: [${match}], `
  return meshWith(
    route([`{ ${matches}filters: [{ type: RequestRedirect, requestRedirect: ${spec} }] }`]),
  )
}

describe('RequestHeaderModifier and ResponseHeaderModifier', () => {
  it('set, add and remove, the first of a name counts, names in lower case', () => {
    const change =
      '{ set: [{ name: X, value: "1" }, { name: x, value: "2" }], add: [{ name: W, value: "3" }], remove: [Z] }'
    const decision = ask(
      filtered(
        `{ type: RequestHeaderModifier, requestHeaderModifier: ${change} }, { type: ResponseHeaderModifier, responseHeaderModifier: ${change} }`,
      ),
      'http://shop/',
    )
    const operations = { set: [['x', '1']], add: [['w', '3']], remove: ['Z'] }
    expect(decision.requestHeaders).toEqual(operations)
    expect(decision.responseHeaders).toEqual(operations)
  })

  it('rewrites Host where it sets it', () => {
    const change = '{ set: [{ name: Host, value: other }] }'
    const mesh = filtered(`{ type: RequestHeaderModifier, requestHeaderModifier: ${change} }`)
    expect(ask(mesh, 'http://shop/').rewrite.authority).toBe('other')
  })

  it('may stand at a backend', () => {
    const change = '{ set: [{ name: x, value: "1" }] }'
    const backend = `{ name: a, port: 80, filters: [{ type: RequestHeaderModifier, requestHeaderModifier: ${change} }] }`
    const mesh = meshWith(route([`{ backendRefs: [${backend}] }`]))
    expect(ask(mesh, 'http://shop/').requestHeaders.set).toEqual([['x', '1']])
  })
})

const rewrite = (path: string, match?: string, hostname = '') =>
  filtered(`{ type: URLRewrite, urlRewrite: { ${hostname} ${path} } }`, match)

describe('URLRewrite', () => {
  it.each([
    ['/new', '/p/q?a=b', '/new/q?a=b'],
    ['/new/', '/p/q', '/new/q'],
    ['/', '/p/q', '/q'],
    ['/', '/p', '/'],
    ['""', '/p/q', '/q'],
  ])('ReplacePrefixMatch %s on %s', (replacement, path, rewritten) => {
    const mesh = rewrite(
      `path: { type: ReplacePrefixMatch, replacePrefixMatch: ${replacement} }`,
      '{ path: { value: /p } }',
    )
    expect(ask(mesh, `http://shop${path}`).rewrite.path).toBe(rewritten)
  })

  it('ReplaceFullPath replaces the whole path and keeps the query', () => {
    const mesh = rewrite('path: { type: ReplaceFullPath, replaceFullPath: /new }')
    expect(ask(mesh, 'http://shop/p/q?a=b').rewrite.path).toBe('/new?a=b')
  })

  it('hostname replaces Host', () => {
    const mesh = rewrite('', undefined, 'hostname: other.example.com')
    expect(ask(mesh, 'http://shop/p').rewrite).toEqual({
      path: null,
      authority: 'other.example.com',
    })
  })
})

describe('RequestRedirect', () => {
  it.each([
    ['{}', '302 http://shop/p/q?a=b'],
    ['{ statusCode: 301 }', '301 http://shop/p/q?a=b'],
    ['{ hostname: other }', '302 http://other/p/q?a=b'],
    ['{ scheme: https }', '302 https://shop/p/q?a=b'],
    ['{ scheme: https, port: 8443 }', '302 https://shop:8443/p/q?a=b'],
    ['{ port: 8080 }', '302 http://shop:8080/p/q?a=b'],
    ['{ path: { type: ReplaceFullPath, replaceFullPath: /new } }', '302 http://shop/new?a=b'],
    [
      '{ path: { type: ReplacePrefixMatch, replacePrefixMatch: /new } }',
      '302 http://shop/new/q?a=b',
    ],
  ])('%s', (spec, location) => {
    const mesh = redirect(spec, '{ path: { value: /p } }')
    expect(service(ask(mesh, 'http://shop/p/q?a=b'))).toBe(location)
  })
})

describe('RequestMirror', () => {
  it.each([
    ['', 100],
    [', percent: 30', 30],
    [', fraction: { numerator: 1, denominator: 8 }', 12.5],
  ])('copies a share of the requests: %s', (share, percent) => {
    const mirror = `{ backendRef: { name: b, port: 80 }${share} }`
    const mesh = filtered(`{ type: RequestMirror, requestMirror: ${mirror} }`)
    expect(ask(mesh, 'http://shop/').mirrors).toEqual([
      { cluster: 'outbound|80||b.shop.svc.cluster.local', percent },
    ])
  })

  it('is left out and reported where there is no such Service', () => {
    const mesh = filtered(
      '{ type: RequestMirror, requestMirror: { backendRef: { name: c, port: 80 } } }',
    )
    expect(ask(mesh, 'http://shop/').mirrors).toEqual([])
    expect(mesh.diagnostics.map(({ code }) => code)).toEqual(['bad-backend'])
  })
})

describe('a filter that Istio does not know', () => {
  it('takes the whole route along', () => {
    const text = route([
      to('a', '{ path: { value: /a } }'),
      to(
        'b',
        undefined,
        'filters: [{ type: ExtensionRef, extensionRef: { group: g, kind: K, name: some } }], ',
      ),
    ])
    expect(complaintsAbout(...services(), text)).toEqual([
      expect.stringContaining(
        'error: HTTPRoute shop/route: Istio refuses the whole route: Istio has no filter "ExtensionRef" here [refused-route]',
      ),
    ])
    expect(service(ask(meshWith(text), 'http://shop/a'))).toBe('shop')
  })
})

const timed = (rest: string) =>
  ask(meshWith(route([to('a', undefined, `${rest}, `)])), 'http://shop/')

describe('timeouts and retry', () => {
  it.each([
    ['timeouts: { request: 10s }', 10_000],
    ['timeouts: { request: 0s }', null],
    ['timeouts: { backendRequest: 2s }', 2000],
    ['timeouts: { request: 10s, backendRequest: 2s }', 2000],
    ['timeouts: { request: 10s, backendRequest: 2s }, retry: { attempts: 1 }', 10_000],
  ])('%s', (rest, timeout) => {
    expect(timed(rest).timeout).toBe(timeout)
  })

  it('retries as it says, twice where it says no number', () => {
    expect(timed('retry: { codes: [503] }, timeouts: { backendRequest: 2s }').retries).toEqual({
      attempts: 2,
      perTryTimeout: 2000,
      on: [
        'connect-failure',
        'refused-stream',
        'unavailable',
        'cancelled',
        'retriable-status-codes',
      ],
      statuses: [503],
    })
    expect(timed('retry: { attempts: 0 }').retries).toBeNull()
  })
})
