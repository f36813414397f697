import { describe, expect, it } from 'vitest'
import { ask } from '../world.ts'
import { meshWith, route, service, to } from './world.ts'

const header = 'headers: [{ name: x, value: v }]'
const headers = [['x', 'v']] as const

const withHeaders = (...documents: (string | undefined)[]) =>
  service(ask(meshWith(...documents.map(String)), 'http://shop/', { headers }))

describe('which of several rules applies', () => {
  it.each([
    [
      'an exact path before a prefix',
      '{ path: { type: Exact, value: /p/q } }',
      '{ path: { value: /p/q } }',
    ],
    [
      'a prefix before a regex',
      '{ path: { value: /p } }',
      '{ path: { type: RegularExpression, value: "/p/.*" } }',
    ],
    ['the longer prefix', '{ path: { value: /p/q } }', `{ path: { value: /p }, ${header} }`],
    ['a path before a header', '{ path: { value: /p } }', `{ ${header} }`],
    ['a method before headers', '{ method: GET }', `{ ${header} }`],
    [
      'more headers before fewer',
      '{ headers: [{ name: x, value: v }, { name: z, value: v }] }',
      `{ ${header}, queryParams: [{ name: q, value: "1" }] }`,
    ],
    [
      'more query parameters before fewer',
      '{ queryParams: [{ name: q, value: "1" }, { name: r, value: "1" }] }',
      '{ queryParams: [{ name: q, value: "1" }] }',
    ],
  ])('%s', (_name, first, second) => {
    for (const rules of [
      [to('a', first), to('b', second)],
      [to('b', second), to('a', first)],
    ]) {
      const asked = { headers: [...headers, ['z', 'v'] as const] }
      expect(service(ask(meshWith(route(rules)), 'http://shop/p/q?q=1&r=1', asked))).toBe('a')
    }
  })

  it('of equal ones the first', () => {
    const mesh = meshWith(route([to('a', `{ ${header} }`), to('b', `{ ${header} }`)]))
    expect(service(ask(mesh, 'http://shop/', { headers }))).toBe('a')
  })

  it('each match of a rule counts for itself', () => {
    const mesh = meshWith(
      route([
        to('a', `{ path: { value: /p/q } }, { path: { value: / } }`),
        to('b', '{ path: { value: /p } }'),
      ]),
    )
    expect(service(ask(mesh, 'http://shop/p'))).toBe('b')
    expect(service(ask(mesh, 'http://shop/p/q'))).toBe('a')
    expect(service(ask(mesh, 'http://shop/'))).toBe('a')
  })

  it('a lane’s rule without the baseline’s path loses to it', () => {
    const mesh = meshWith(
      route([to('a', `{ ${header} }`)], { name: 'lane' }),
      route([to('b', '{ path: { value: /api } }')], { name: 'baseline' }),
    )
    expect(service(ask(mesh, 'http://shop/api', { headers }))).toBe('b')
    expect(service(ask(mesh, 'http://shop/', { headers }))).toBe('a')
  })

  it('of equal rules in two routes the older’s, then the one whose name comes first', () => {
    const [a, b] = ['a', 'b'].map(
      (name) => (metadata?: string) =>
        route([to(name, `{ ${header} }`)], {
          name,
          ...(metadata === undefined ? {} : { metadata }),
        }),
    )
    expect(withHeaders(b?.(), a?.())).toBe('a')
    expect(withHeaders(b?.('creationTimestamp: 2019-01-01T00:00:00Z'), a?.())).toBe('b')
  })
})

describe('what a path matches', () => {
  it.each([
    ['/p', '/p', true],
    ['/p', '/p/q', true],
    ['/p', '/pq', false],
    ['/p/', '/p', true],
    ['/', '/anything', true],
  ])('the prefix %s and the path %s', (prefix, path, matches) => {
    const mesh = meshWith(route([to('a', `{ path: { value: ${prefix} } }`)]))
    expect(service(ask(mesh, `http://shop${path}`))).toBe(matches ? 'a' : '404 NR')
  })

  it('a header’s and a parameter’s regex must match the whole value', () => {
    const mesh = meshWith(
      route([
        to(
          'a',
          '{ headers: [{ type: RegularExpression, name: X, value: "a+" }], queryParams: [{ type: RegularExpression, name: q, value: "b+" }] }',
        ),
      ]),
    )
    const decide = (x: string, q: string) =>
      service(ask(mesh, `http://shop/?q=${q}`, { headers: [['x', x]] }))
    expect(decide('aa', 'bb')).toBe('a')
    expect(decide('aab', 'bb')).toBe('404 NR')
    expect(decide('aa', 'bbc')).toBe('404 NR')
  })

  it('a regex of one asterisk wants the header present', () => {
    const mesh = meshWith(
      route([to('a', '{ headers: [{ type: RegularExpression, name: x, value: "*" }] }')]),
    )
    expect(service(ask(mesh, 'http://shop/', { headers }))).toBe('a')
    expect(service(ask(mesh, 'http://shop/'))).toBe('404 NR')
  })
})
