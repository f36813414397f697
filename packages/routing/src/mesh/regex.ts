import { RE2JS } from 're2js'

/** A regular expression of RE2, as Envoy uses them: never slower than linear in the text. */
export interface Regex {
  /** As written. */
  readonly pattern: string
  /** Whether it matches the whole text. */
  matches(text: string): boolean
  /** Replaces every match; `\1` to `\9` stand for groups, `\0` for the match, `\\` for a backslash. */
  replaceAll(text: string, substitution: string): string
}

/**
 * Istio's limit in bytes (istio: pkg/config/validation, validateStringRegexp). What RE2 makes of a pattern
 * that long can pass Envoy's program size.
 */
const maxPatternBytes = 1024

/** Compiles a pattern, or says why RE2 or Istio refuses it. */
export function compileRegex(pattern: string): Regex | { readonly refused: string } {
  if (utf8Length(pattern) > maxPatternBytes) {
    return { refused: `it is longer than ${maxPatternBytes} bytes, which Istio does not allow` }
  }
  try {
    const regex = RE2JS.compile(pattern)
    return {
      pattern,
      matches: (text) => regex.testExact(text),
      replaceAll: (text, substitution) => {
        const parts = parseSubstitution(substitution)
        return regex
          .matcher(text)
          .replaceAll((...groups: unknown[]) => parts.map((part) => expand(part, groups)).join(''))
      },
    }
  } catch (error) {
    return { refused: error instanceof Error ? error.message : String(error) }
  }
}

function parseSubstitution(substitution: string): (string | number)[] {
  return (substitution.match(/\\\d|\\\\|[^\\]+|\\/g) ?? []).map((part) => {
    if (/^\\\d$/.test(part)) return Number(part.slice(1))
    return part === '\\\\' ? '\\' : part
  })
}

function expand(part: string | number, groups: readonly unknown[]): string {
  if (typeof part === 'string') return part
  const group = groups[part]
  // After the groups come the offset and the text: an unknown group is none of them.
  return typeof group === 'string' && part < groups.length - 2 ? group : ''
}

function utf8Length(text: string): number {
  let bytes = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    if (code < 0x80) bytes += 1
    else if (code < 0x800) bytes += 2
    else bytes += code < 0x1_0000 ? 3 : 4
  }
  return bytes
}
