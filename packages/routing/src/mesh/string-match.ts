import { nameOf, child, isPresent, readOptionalString, reportAt } from '../manifest/read.ts'
import type { Field } from '../manifest/read.ts'
import { compileRegex } from './regex.ts'
import type { Regex } from './regex.ts'

/** How a text must be (Istio: StringMatch). */
export type StringMatch =
  /** Any text, so long as there is one. */
  | { readonly kind: 'present' }
  | { readonly kind: 'exact'; readonly value: string }
  | { readonly kind: 'prefix'; readonly value: string }
  /** A path, or what is below it: `/a` is and has `/a/b`, and not `/ab` (Envoy: path_separated_prefix). */
  | { readonly kind: 'path-prefix'; readonly value: string }
  /** The whole text; `regex` is null where RE2 refuses the pattern, and then nothing matches. */
  | { readonly kind: 'regex'; readonly value: string; readonly regex: Regex | null }

/**
 * Reads a match; one without a condition wants the text present. So does the regex `*`, which is none
 * (istio: pilot/pkg/networking/core/route/route.go, canBeConvertedToPresentMatch); `starIsPresent` says
 * whether Istio's validation lets that pass here. Default: it does not, and the pattern is reported.
 */
export function readStringMatch(field: Field, starIsPresent = false): StringMatch {
  const exact = readOptionalString(child(field, 'exact'))
  if (exact !== null) return { kind: 'exact', value: exact }
  const prefix = readOptionalString(child(field, 'prefix'))
  if (prefix !== null) return { kind: 'prefix', value: prefix }
  const regex = child(field, 'regex')
  if (!isPresent(regex)) return { kind: 'present' }
  const value = readOptionalString(regex) ?? ''
  if (value === '*') {
    if (!starIsPresent) readRegex(regex, value)
    return { kind: 'present' }
  }
  return { kind: 'regex', value, regex: readRegex(regex, value) }
}

/** The same; null where absent. */
export function readOptionalMatch(field: Field): StringMatch | null {
  return isPresent(field) ? readStringMatch(field) : null
}

/** Compiles the pattern in the field; reports one that RE2 refuses, and gives null. */
export function readRegex(field: Field, pattern: string): Regex | null {
  const compiled = compileRegex(pattern)
  if (!('refused' in compiled)) return compiled
  reportAt(
    field,
    'bad-regex',
    `${nameOf(field)} ${JSON.stringify(pattern)} is not a regular expression of RE2: ` +
      `${compiled.refused}; Istio refuses the rule`,
  )
  return null
}

/** Whether the text is as wanted. */
export function stringMatches(match: StringMatch, text: string): boolean {
  if (match.kind === 'exact') return text === match.value
  if (match.kind === 'prefix') return text.startsWith(match.value)
  if (match.kind === 'path-prefix') {
    const { value } = match
    return text.startsWith(value) && (text.length === value.length || text[value.length] === '/')
  }
  return match.kind === 'present' || (match.regex?.matches(text) ?? false)
}

/** What is wanted, in words: `exactly "release-v1"`. */
export function describeMatch(match: StringMatch, what = 'a value'): string {
  if (match.kind === 'present') return 'it present'
  const value = JSON.stringify(match.value)
  if (match.kind === 'exact') return `exactly ${value}`
  if (match.kind === 'prefix') return `${what} that begins with ${value}`
  if (match.kind === 'path-prefix') return `${what} that is ${value} or below it`
  return match.regex === null
    ? `${what} that matches ${value}, which is no regular expression of RE2 and so never matches`
    : `${what} that matches the whole of ${value}`
}
