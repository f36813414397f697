import { FAILSAFE_SCHEMA, load, Type } from 'js-yaml'
import { yaml11Booleans } from './exact-yaml.ts'

/**
 * The value of a plain document, many times as fast as by the parser that knows positions; undefined where
 * that one has to look: errors, anchors, tags, and whatever else is rare in manifests. Both say the same of a
 * document that both read.
 */
export function parseQuickly(text: string): { readonly value: unknown } | undefined {
  if (RARE.test(text) || hasOddFlow(text)) return undefined
  try {
    return { value: load(text, { schema: quickSchema }) }
  } catch {
    return undefined
  }
}

/** Where the two parsers may differ, or that one has more to say. */
const RARE = new RegExp(
  [
    // Anchors, tags, keys with a question mark; directives; marks of documents with more on their line.
    String.raw`(?:^|[\s[{,])[&!?]`,
    String.raw`^%|^\.\.\.|^---[^\S\n]*[^\s#]`,
    String.raw`\uFEFF|\t|__proto__`,
    // Keys that are empty, or no text.
    String.raw`(?:^|[\s[{,\]}])(?:~|[Nn]ull|NULL)?:(?:\s|$)|[\]}]\s*:|\{\s*[[{]`,
    // Text in quotes that goes on in the next line, or a comment right behind something.
    String.raw`(?:^|[\s[{,])(?:"[^"\\\n]*(?:\\.[^"\\\n]*)*\\?|'[^'\n]*(?:''[^'\n]*)*)$`,
    String.raw`[^\s[{,:]["']#|[\]},]#`,
    // An empty entry of a list in a list; a block of text that says its indentation.
    String.raw`-[^\S\n]+-[^\S\n]*(?:#.*)?$|[|>][-+]?[1-9]`,
  ].join('|'),
  'm',
)

/**
 * Whether brackets in a document of blocks reach over lines, whose indentation js-yaml does not look at, or
 * one with a map or a list for a key, which it names "[object Object]". Does not know brackets in text from
 * others.
 */
function hasOddFlow(text: string): boolean {
  const isBlocks = !/^\s*[[{]/.test(text)
  const open: number[] = []
  let before = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === SPACE) continue
    if (code === NEW_LINE) {
      if (isBlocks && open.length > 0) return true
      continue
    }
    if (code === BRACE || code === BRACKET) {
      if (before === COMMA && open.at(-1) === BRACE) return true
      open.push(code)
    } else if (code === BRACE_END || code === BRACKET_END) {
      if (open.pop() === undefined && isBlocks) return true
    }
    before = code
  }
  return isBlocks && open.length > 0
}

const SPACE = 0x20
const COMMA = 0x2c
const [BRACE, BRACE_END] = [0x7b, 0x7d]
const [BRACKET, BRACKET_END] = [0x5b, 0x5d]
const NEW_LINE = 0x0a

/** What a plain scalar means but for text, as in YAML 1.2's core schema with the booleans of Kubernetes' YAML 1.1. */
const plainScalar = new Type('tag:yaml.org,2002:bool', {
  kind: 'scalar',
  resolve: (text: string | null) => text === null || (isCandidate(text) && MEANING.test(text)),
  construct: (text: string | null) => (text === null ? null : meaningOf(text)),
})

const mergeKey = new Type('tag:yaml.org,2002:merge', {
  kind: 'scalar',
  resolve: (text: string | null) => text === '<<',
})

const quickSchema = FAILSAFE_SCHEMA.extend({ implicit: [plainScalar, mergeKey] })

const NUMBER = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$|^0o[0-7]+$|^0x[\dA-Fa-f]+$/
const SPECIAL = /^(?:[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN)$/
const NULL = /^(?:~|[Nn]ull|NULL)?$/
const BOOLEAN = /^(?:[Tt]rue|TRUE|[Ff]alse|FALSE)$/
const MEANING = new RegExp(
  [NUMBER, SPECIAL, NULL, BOOLEAN, yaml11Booleans].map(({ source }) => source).join('|'),
)

/** Nearly all text is told apart by its first character, or by its length. */
function isCandidate(text: string): boolean {
  return text.length < 6 || /^[-+.\d]/.test(text)
}

function meaningOf(text: string): null | boolean | number {
  if (NULL.test(text)) return null
  if (BOOLEAN.test(text)) return /^t/i.test(text)
  if (yaml11Booleans.test(text)) return /^(?:y|on)/i.test(text)
  if (text.startsWith('0o')) return Number.parseInt(text.slice(2), 8)
  if (text.startsWith('0x')) return Number.parseInt(text.slice(2), 16)
  if (!SPECIAL.test(text)) return Number.parseFloat(text)
  if (/nan$/i.test(text)) return Number.NaN
  return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}
