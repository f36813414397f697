import { describe, expect, it } from 'vitest'
import { ask, complaintsAbout, shop, target, virtualService } from './world.ts'

function rewritten(match: string, rewrite: string, url: string): (string | null)[] {
  const mesh = shop([
    `{ match: [${match}], rewrite: ${rewrite}, route: [{ destination: { host: shop } }] }`,
  ])
  const decision = ask(mesh, url)
  expect(decision.outcome.kind).toBe('forward')
  return [decision.rewrite.path, decision.rewrite.authority]
}

describe('rewrite', () => {
  it.each([
    ['a prefix keeps the rest', '{ uri: { prefix: /a } }', '/x', '/a/b', '/x/b'],
    ['a prefix keeps the query', '{ uri: { prefix: /a } }', '/x', '/a?b=c', '/x?b=c'],
    ['a prefix can double the slash', '{ uri: { prefix: /a } }', '/', '/a/b', '//b'],
    ['a prefix in any case', '{ uri: { prefix: /a }, ignoreUriCase: true }', '/x', '/A/b', '/x/b'],
    ['no uri is the prefix /', '{ method: { exact: GET } }', '/x/', '/a', '/x/a'],
    ['an exact path is replaced whole', '{ uri: { exact: /a/b } }', '/x', '/a/b?c', '/x?c'],
    ['a regex is replaced whole', '{ uri: { regex: "/a/.*" } }', '/x', '/a/b/c/d?e', '/x?e'],
  ])('of %s', (_name, match, uri, path, expected) => {
    expect(rewritten(match, `{ uri: ${uri} }`, `http://shop${path}`)).toEqual([expected, null])
  })

  it('is null where nothing changes', () => {
    expect(rewritten('{ uri: { prefix: /a } }', '{ uri: /a }', 'http://shop/a')).toEqual([
      null,
      null,
    ])
    expect(rewritten('{}', '{ authority: shop }', 'http://shop/')).toEqual([null, null])
    expect(rewritten('{}', '{}', 'http://shop/a?b')).toEqual([null, null])
  })

  it('may be of the Host, and wins over what a destination sets', () => {
    expect(rewritten('{}', '{ authority: new:81 }', 'http://shop/')).toEqual([null, 'new:81'])
    const mesh = shop([
      '{ rewrite: { authority: new }, route: [{ destination: { host: shop }, headers: { request: { set: { host: set } } } }] }',
    ])
    expect(ask(mesh, 'http://shop/').rewrite.authority).toBe('new')
  })

  it.each([
    ['"/a/([0-9]+)"', '/x/\\1', '/a/12?q', '/x/12?q'],
    ['"([a-z])"', '[\\1]', '/ab', '/[a][b]'],
    ['"b"', '\\0\\0', '/abc', '/abbc'],
    ['"b"', '\\\\', '/abc', '/a\\c'],
    ['"(b)"', '\\2', '/abc', '/ac'],
    ['"(b)"', '\\3', '/abc', '/ac'],
    ['"(x)?b"', '<\\1>', '/abc', '/a<>c'],
    ['"nothing"', 'x', '/abc', null],
    ['".*"', '""', '/abc?q', null],
  ])('by regex %s with %s makes of %s %s', (pattern, substitution, path, expected) => {
    const text = substitution === '""' ? '""' : JSON.stringify(substitution)
    expect(
      rewritten(
        '{}',
        `{ uriRegexRewrite: { match: ${pattern}, rewrite: ${text} } }`,
        `http://shop${path}`,
      ),
    ).toEqual([expected, null])
  })

  it('by a regex that RE2 refuses is reported, and changes nothing', () => {
    const rewrite = '{ uriRegexRewrite: { match: "(", rewrite: x } }'
    expect(rewritten('{}', rewrite, 'http://shop/a')).toEqual([null, null])
    expect(
      complaintsAbout(
        virtualService([`{ rewrite: ${rewrite}, route: [{ destination: { host: shop } }] }`]),
      ),
    ).toEqual([
      expect.stringContaining('spec.http[0].rewrite.uriRegexRewrite.match "(" is not a regular'),
    ])
  })
})

const redirected = (redirect: string, url: string, host?: string) =>
  target(
    ask(
      shop([`{ redirect: ${redirect} }`]),
      url,
      host === undefined ? {} : { headers: [['host', host]] },
    ),
  )

describe('redirect', () => {
  it.each([
    ['{ uri: /x }', 'http://shop/a', '301 http://shop/x'],
    ['{ uri: /x }', 'http://shop/a?q=1', '301 http://shop/x?q=1'],
    ['{ uri: "/x?own" }', 'http://shop/a?q=1', '301 http://shop/x?own'],
    ['{ uri: x }', 'http://shop/a', '301 http://shop/x'],
    ['{ authority: new.example.com }', 'http://shop/a?q', '301 http://new.example.com/a?q'],
    ['{ authority: "new:81" }', 'http://shop/a', '301 http://new:81/a'],
    ['{ scheme: https }', 'http://shop/a', '301 https://shop/a'],
    ['{ port: 81 }', 'http://shop/a', '301 http://shop:81/a'],
    ['{ port: 80 }', 'http://shop/a', '301 http://shop/a'],
    ['{ port: 443, scheme: https }', 'http://shop/a', '301 https://shop/a'],
    ['{ port: 80, scheme: https }', 'http://shop/a', '301 https://shop:80/a'],
    ['{ derivePort: FROM_REQUEST_PORT }', 'http://shop/a', '301 http://shop/a'],
    ['{ derivePort: FROM_REQUEST_PORT, scheme: https }', 'http://shop/a', '301 https://shop:80/a'],
    ['{ derivePort: FROM_PROTOCOL_DEFAULT }', 'http://shop/a', '301 http://shop/a'],
    ['{ uri: /a, redirectCode: 0 }', 'http://shop/a', '301 http://shop/a'],
    ['{ uri: /a, redirectCode: 302 }', 'http://shop/a', '302 http://shop/a'],
    ['{ uri: /a, redirectCode: 308 }', 'http://shop/a', '308 http://shop/a'],
  ])('%s of %s is %s', (redirect, url, expected) => {
    expect(redirected(redirect, url)).toBe(expected)
  })

  it('keeps the port of Host unless another replaces it or the scheme changes', () => {
    expect(redirected('{ uri: /x }', 'http://shop/', 'shop:8080')).toBe('301 http://shop:8080/x')
    expect(redirected('{ uri: /x }', 'http://shop/', 'shop:80')).toBe('301 http://shop:80/x')
    expect(redirected('{ port: 81 }', 'http://shop/', 'shop:8080')).toBe('301 http://shop:81/')
    expect(redirected('{ scheme: https }', 'http://shop/', 'shop:80')).toBe('301 https://shop/')
    expect(redirected('{ scheme: https }', 'http://shop/', 'shop:81')).toBe('301 https://shop:81/')
  })
})

describe('directResponse', () => {
  it('answers at once', () => {
    const mesh = shop(['{ directResponse: { status: 503, body: { string: "later" } } }'])
    expect(ask(mesh, 'http://shop/')).toMatchObject({
      route: { index: 0 },
      outcome: {
        kind: 'respond',
        status: 503,
        body: 'later',
        flags: [],
        detail: 'direct_response',
      },
      retries: null,
    })
  })

  it('needs no body', () => {
    const mesh = shop(['{ directResponse: { status: 204 } }'])
    expect(ask(mesh, 'http://shop/').outcome).toMatchObject({ status: 204, body: '' })
  })
})
