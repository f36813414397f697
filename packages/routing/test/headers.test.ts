import { describe, expect, it } from 'vitest'
import type { Header, Mesh } from '../src/index.ts'
import {
  ask,
  complaintsAbout,
  meshOf,
  otherwise,
  shop,
  subset,
  target,
  virtualService,
  when,
} from './world.ts'

/** Whether a match entry takes a request with these headers. */
function matches(match: string, headers: readonly Header[]): boolean {
  const mesh = shop([when(match, 'a'), otherwise('b')])
  return subset(ask(mesh, 'http://shop/', { headers })) === 'a'
}

/** Why it was passed over. */
function reason(match: string, headers: readonly Header[]): [string, string] | undefined {
  const mesh = shop([when(match, 'a'), otherwise('b')])
  const [passed] = ask(mesh, 'http://shop/', { headers }).passed
  return passed === undefined ? undefined : [passed.code, passed.because]
}

describe('headers', () => {
  it.each<[string, string, readonly Header[], boolean]>([
    ['exact takes the value', '{ exact: v1 }', [['x', 'v1']], true],
    ['exact wants the case of the value', '{ exact: v1 }', [['x', 'V1']], false],
    ['exact takes no more than the value', '{ exact: v1 }', [['x', 'v12']], false],
    ['exact does not trim', '{ exact: v1 }', [['x', 'v1 ']], false],
    ['exact wants the header', '{ exact: v1 }', [], false],
    ['names have no case', '{ exact: v1 }', [['X', 'v1']], true],
    ['prefix takes what begins so', '{ prefix: v }', [['x', 'v1']], true],
    ['prefix takes its own value', '{ prefix: v }', [['x', 'v']], true],
    ['prefix takes nothing shorter', '{ prefix: v1 }', [['x', 'v']], false],
    ['regex takes the whole value', '{ regex: "v[0-9]" }', [['x', 'v1']], true],
    ['regex takes no part of it', '{ regex: "v[0-9]" }', [['x', 'v12']], false],
    ['regex takes no part of it at the end', '{ regex: "[0-9]" }', [['x', 'v1']], false],
    ['regex tries every alternative', '{ regex: "v|v1" }', [['x', 'v1']], true],
    ['regex wants the header', '{ regex: ".*" }', [], false],
    ['regex takes an empty value', '{ regex: ".*" }', [['x', '']], true],
    ['nothing takes any value', '{}', [['x', 'v1']], true],
    ['nothing takes an empty value', '{}', [['x', '']], true],
    ['nothing wants the header', '{}', [], false],
  ])('%s', (_name, condition, headers, expected) => {
    expect(matches(`{ headers: { x: ${condition} } }`, headers)).toBe(expected)
  })

  it('are compared one by one where they are repeated', () => {
    const twice: Header[] = [
      ['x', 'a'],
      ['X', 'b'],
    ]
    expect(matches('{ headers: { x: { exact: b } } }', twice)).toBe(true)
    expect(matches('{ headers: { x: { exact: "a,b" } } }', twice)).toBe(false)
    expect(matches('{ headers: { x: { exact: "a, b" } } }', twice)).toBe(false)
  })

  it('must all match', () => {
    const match = '{ headers: { x: { exact: a }, z: { exact: b } } }'
    expect(matches(match, [['x', 'a']])).toBe(false)
    expect(
      matches(match, [
        ['z', 'b'],
        ['x', 'a'],
      ]),
    ).toBe(true)
  })

  it('may be one of Envoy’s own', () => {
    expect(matches('{ headers: { ":method": { exact: GET } } }', [])).toBe(true)
    expect(matches('{ headers: { ":path": { exact: / } } }', [])).toBe(true)
    expect(matches('{ headers: { Host: { exact: shop } } }', [])).toBe(true)
    expect(matches('{ headers: { host: { exact: other } } }', [])).toBe(false)
  })

  it.each<[string, string, readonly Header[], string]>([
    ['absent', '{ exact: v1 }', [], 'header "x" is absent, the route wants exactly "v1"'],
    ['other', '{ exact: v1 }', [['x', 'v2']], 'header "x" is "v2", the route wants exactly "v1"'],
    [
      'repeated',
      '{ exact: v1 }',
      [
        ['x', 'a'],
        ['x', 'b'],
      ],
      'header "x" is "a" and "b", the route wants exactly "v1"',
    ],
    [
      'without the prefix',
      '{ prefix: v }',
      [['x', 'a']],
      'header "x" is "a", the route wants a value that begins with "v"',
    ],
    [
      'not what the regex takes',
      '{ regex: "v[0-9]" }',
      [['x', 'v']],
      'header "x" is "v", the route wants a value that matches the whole of "v[0-9]"',
    ],
    ['missing', '{}', [], 'header "x" is absent, the route wants it present'],
  ])('that are %s are the reason in words', (_name, condition, headers, because) => {
    expect(reason(`{ headers: { x: ${condition} } }`, headers)).toEqual(['header', because])
  })
})

describe('withoutHeaders', () => {
  it.each<[string, string, readonly Header[], boolean]>([
    ['exact passes over the value', '{ exact: v1 }', [['x', 'v1']], false],
    ['exact takes another value', '{ exact: v1 }', [['x', 'v2']], true],
    ['exact takes an absent header', '{ exact: v1 }', [], true],
    ['exact of nothing passes over an absent header', '{ exact: "" }', [], false],
    ['regex that takes nothing passes over an absent header', '{ regex: ".*" }', [], false],
    ['regex that wants something takes an absent header', '{ regex: ".+" }', [], true],
    ['prefix passes over what begins so', '{ prefix: v }', [['x', 'v1']], false],
    ['the star takes an absent header', '{ regex: "*" }', [], true],
    ['the star passes over an empty header', '{ regex: "*" }', [['x', '']], false],
    ['nothing takes an absent header', '{}', [], true],
    ['nothing passes over any header', '{}', [['x', 'v1']], false],
    ['nothing passes over an empty header', '{}', [['x', '']], false],
    [
      'any hit among repeated headers counts',
      '{ exact: b }',
      [
        ['x', 'a'],
        ['x', 'b'],
      ],
      false,
    ],
  ])('%s', (_name, condition, headers, expected) => {
    expect(matches(`{ withoutHeaders: { x: ${condition} } }`, headers)).toBe(expected)
  })

  it.each<[string, string, readonly Header[], string]>([
    ['there', '{}', [['x', 'a']], 'header "x" is "a", the route wants it absent'],
    [
      'the wrong value',
      '{ exact: a }',
      [['x', 'a']],
      'header "x" is "a", the route wants anything but exactly "a"',
    ],
    [
      'absent, where that counts',
      '{ regex: ".*" }',
      [],
      'header "x" is absent, which counts as empty here, the route wants anything but a value that matches the whole of ".*"',
    ],
  ])('that are %s are the reason in words', (_name, condition, headers, because) => {
    expect(reason(`{ withoutHeaders: { x: ${condition} } }`, headers)).toEqual([
      'without-header',
      because,
    ])
  })

  it('of a JWT claim hold at a gateway, since no request carries one', () => {
    const claim = '"@request.auth.claims.a": { exact: x }'
    const from = 'gateway/shop/door'
    const answer = (condition: string) =>
      target(ask(gatewayWith(condition), 'http://shop.example.com/', { from }))
    expect(answer(`{ withoutHeaders: { ${claim} } }`)).toBe('200')
    expect(answer(`{ headers: { ${claim} } }`)).toBe('404 NR')
  })
})

/** A gateway, and a rule that answers where the condition holds. */
const gatewayWith = (condition: string): Mesh =>
  meshOf(
    'apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: { name: door, namespace: shop }\n' +
      'spec: { selector: { istio: door }, servers: [{ hosts: ["*"], port: { number: 80, name: http, protocol: HTTP } }] }',
    virtualService([`{ match: [${condition}], directResponse: { status: 200 } }`], {
      hosts: '[shop.example.com]',
      spec: 'gateways: [door]',
    }),
  )

const complaint = (condition: string) =>
  complaintsAbout(virtualService([when(`{ headers: { x: ${condition} } }`, 'a')]))

describe('a regex', () => {
  it.each(['"a("', '"(?=a)a"', '"(a)\\\\1"', '"[b-a]"', '"a{1001}"'])(
    'that RE2 refuses is named with its place, and takes its object along: %s',
    (pattern) => {
      expect(complaint(`{ regex: ${pattern} }`)).toEqual([
        expect.stringMatching(
          /^mesh\.yaml:8:\d+: error: VirtualService shop\/rule: spec\.http\[0\]\.match\[0\]\.headers\.x\.regex .* is not a regular expression of RE2: .*\[bad-regex\]$/,
        ),
      ])
      const mesh = shop([when(`{ headers: { x: { regex: ${pattern} } } }`, 'a')])
      expect(ask(mesh, 'http://shop/').route?.name).toBe('default')
    },
  )

  it('may be 1,024 bytes long, and not one more', () => {
    expect(complaint(`{ regex: ${'a'.repeat(1024)} }`)).toEqual([])
    expect(complaint(`{ regex: ${'a'.repeat(1025)} }`)).toEqual([
      expect.stringContaining('it is longer than 1024 bytes'),
    ])
    // Two bytes each.
    expect(complaint(`{ regex: ${'é'.repeat(512)} }`)).toEqual([])
    expect(complaint(`{ regex: ${'é'.repeat(513)} }`)).toHaveLength(1)
  })

  it('is no star but in withoutHeaders, where Istio takes it for presence', () => {
    expect(complaint('{ regex: "*" }')).toHaveLength(1)
    expect(matches('{ withoutHeaders: { x: { regex: "*" } } }', [['x', '']])).toBe(false)
    expect(matches('{ withoutHeaders: { x: { regex: "*" } } }', [])).toBe(true)
  })

  it('takes time in proportion to the text', () => {
    // A backtracking engine would outlast the test's time-out by far.
    expect(matches('{ headers: { x: { regex: "(a+)+b" } } }', [['x', 'a'.repeat(5000)]])).toBe(
      false,
    )
  })
})
