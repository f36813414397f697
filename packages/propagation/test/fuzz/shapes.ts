import { createRandom } from '../support/random.ts'

/** Makes random values, the same ones for the same seed. */
export interface Shapes {
  /** Picks one. */
  readonly pick: <T>(choices: readonly [T, ...T[]]) => T
  /** What a header may hold: lanes, nearly lanes, and anything else that text can be. */
  readonly text: () => string
  /** Any value of JavaScript, hostile ones included. */
  readonly value: (depth?: number) => unknown
  /** Anything that might be taken for headers. */
  readonly carrier: () => unknown
  /** Anything that might be taken for a URL. */
  readonly url: () => unknown
  /** Options with the names that are known, and values of any kind. */
  readonly options: (names: readonly string[]) => unknown
}

const HEADER = 'project-version'
const LANES = ['release-v1', 'a', 'feature/ABC-12_x.y', 'a'.repeat(253), `a${'-'.repeat(251)}b`]
const ODD = [
  '',
  ' ',
  ',',
  '\0',
  '\r\n',
  '\t',
  'é',
  '\u{1f6e3}',
  '\ud800',
  '%00',
  '=',
  ';',
  '"',
  '-',
]
const NAMES = [
  HEADER,
  'Project-Version',
  'PROJECT-VERSION',
  'baggage',
  'x-lane',
  'host',
  '__proto__',
]
const HOSTS = [
  'localhost',
  'testbbb',
  'testbbb.test-istio',
  'a.svc.cluster.local',
  'evil.com',
  'svc.evil.com',
  '127.0.0.1',
  '0x7f.1',
  '10.0.0.1',
  '[::1]',
  '[::ffff:127.0.0.1]',
  'xn--e1afmkfd.com',
  'пример.рф',
  'a..b',
  '.',
  'localhost.',
  'evil.com%2f.svc',
  'evil.com\\@localhost',
]

/** Thrown by what is hostile, so that a test can tell it from an error of ours. */
export class HostileError extends Error {}

function refuse(): never {
  throw new HostileError('hostile')
}

function cycle(): object {
  const loop: Record<string, unknown> = {}
  loop[HEADER] = loop
  loop['self'] = [loop]
  return loop
}

function parsed(href: string): unknown {
  return URL.canParse(href) ? new URL(href) : href
}

export function createShapes(seed: number): Shapes {
  const random = createRandom(seed)
  const below = (count: number): number => Math.floor(random() * count)
  const pick = <T>(choices: readonly [T, ...T[]]): T => choices[below(choices.length)] ?? choices[0]
  const of = <T>(choices: readonly T[]): T | undefined => choices[below(choices.length)]
  const times = <T>(most: number, make: () => T): T[] =>
    Array.from({ length: below(most + 1) }, make)
  const noise = (): string =>
    String.fromCharCode(...times(12, () => below(random() < 0.8 ? 128 : 65536)))

  function text(): string {
    return pick([
      () => of(LANES) ?? '',
      () => of(ODD) ?? '',
      noise,
      () => `${of(LANES)}${of(ODD)}${of(LANES)}`,
      () => times(6, () => of(LANES)).join(pick([',', ', ', ' ,\t', ';'])),
      () => pick(['a', ' ', ',', '-']).repeat(below(2000)),
    ])()
  }

  function value(depth = 2): unknown {
    const inner = (): unknown => (depth > 0 ? value(depth - 1) : text())
    return pick<() => unknown>([
      text,
      text,
      () => undefined,
      () => null,
      () => pick([0, -1, 1.5, NaN, Infinity, 2 ** 53]),
      () => pick([true, false]),
      () => BigInt(below(9)),
      () => Symbol(text()),
      () => new Date(below(1e9)),
      () => /a/gy,
      () => new Uint8Array(times(300, () => below(256))),
      () => times(3, inner),
      () => Object.fromEntries(times(3, () => [of(NAMES), inner()])),
      () => Object.freeze({ [HEADER]: inner() }),
      () => Object.assign(Object.create(null), { [HEADER]: inner() }),
      () => new Map(times(3, () => [of(NAMES), inner()])),
      () => new Set(times(3, inner)),
      () => new Proxy({}, { get: refuse, has: refuse, ownKeys: refuse, set: refuse }),
      () => new Proxy(() => undefined, { get: refuse, apply: refuse }),
      () => Object.defineProperty({}, HEADER, { get: refuse, enumerable: true }),
      () => ({ get: () => inner(), has: () => inner(), set: refuse }),
      () => ({ get: refuse, toString: refuse, [Symbol.toPrimitive]: refuse }),
      () => refuse,
      () => () => inner(),
      () => new Promise(() => undefined),
      () => cycle(),
    ])()
  }

  function carrier(): unknown {
    return pick<() => unknown>([
      value,
      () => ({ [of(NAMES) ?? '']: value(1), [of(NAMES) ?? '']: value(1) }),
      () => times(4, () => [of(NAMES), value(1)]),
      () => times(6, () => pick([of(NAMES), value(1)])),
      () => new Map(times(3, () => [of(NAMES), value(1)])),
      () => new Headers(times(2, () => ['x-a', 'b'])),
      () => Object.freeze([]),
    ])()
  }

  function url(): unknown {
    const scheme = (): string =>
      pick(['http://', 'https://', 'ws://', 'file://', '//', 'http:', 'x:', ''])
    const authority = (): string =>
      `${pick(['', 'user:pass@', 'localhost@', `${noise()}@`])}${pick([of(HOSTS) ?? '', noise()])}${pick(['', ':80', ':99999', ':x'])}`
    const rest = (): string => pick(['', '/', '/a?b=localhost', '#testbbb.svc', `/${noise()}`])
    const href = (): string => `${scheme()}${authority()}${rest()}`
    return pick<() => unknown>([
      href,
      href,
      href,
      text,
      value,
      () => parsed(href()),
      () => ({ href: href() }),
    ])()
  }

  function options(names: readonly string[]): unknown {
    if (random() < 0.1) return value()
    return Object.fromEntries(times(3, () => [random() < 0.9 ? of(names) : noise(), value(1)]))
  }

  return { pick, text, value, carrier, url, options }
}
