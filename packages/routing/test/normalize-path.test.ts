import { describe, expect, it } from 'vitest'
import { normalizePath } from '../src/decide/normalize-path.ts'

// Each as Envoy 1.40 was seen to send it on.
describe('a path before any route is tried', () => {
  it.each([
    ['/a/b', '/a/b'],
    ['/%61/%7E%2D', '/a/~-'],
    ['/%2E%2e/a', '/a'],
    ['/a%2fb%20c', '/a%2fb%20c'],
    ['/a|b"<c>{d}^`', '/a%7Cb%22%3Cc%3E%7Bd%7D%5E%60'],
    ['/x/../a', '/a'],
    ['/b/..', '/'],
    ['/a\\b', '/a/b'],
  ])('%s is %s', (written, normalized) => {
    expect(normalizePath(written, 'BASE')).toBe(normalized)
  })

  it.each([
    ['NONE', '/x/../a//b%2Fc'],
    ['BASE', '/a//b%2Fc'],
    ['MERGE_SLASHES', '/a/b%2Fc'],
    ['DECODE_AND_MERGE_SLASHES', '/a/b/c'],
  ] as const)('is with pathNormalization %s left as %s', (normalization, normalized) => {
    expect(normalizePath('/x/../a//b%2Fc', normalization)).toBe(normalized)
  })
})
