import { isToken } from './header-name.ts'

/** The header of W3C Baggage (https://www.w3.org/TR/baggage/), in lower case. */
export const BAGGAGE = 'baggage'

/** One list-member (W3C Baggage, 3.3.1). */
export interface BaggageMember {
  /** A token; its case counts, and it is never decoded. */
  readonly key: string
  /** Percent-decoded; bytes that are no UTF-8 are U+FFFD. May be empty. */
  readonly value: string
  /** As they came, without the blanks around them. */
  readonly properties: readonly BaggageProperty[]
}

/** A property of a member: `key`, or `key=value`. */
interface BaggageProperty {
  readonly key: string
  readonly value?: string
}

// What a platform has to propagate at least (W3C Baggage, 3.3.2). Beyond, others may cut off, and then
// somebody else's member would be lost for ours.
const MAX_MEMBERS = 64
const MAX_BYTES = 8192

/**
 * Reads the members of a header, in their order, duplicates included. What breaks the grammar is left out, and
 * nothing else with it.
 */
export function parseBaggage(header: unknown): BaggageMember[] {
  return membersOf(header).flatMap((text) => parseMember(text) ?? [])
}

/** The values of all members of this key; undefined where there is none. */
export function readMember(header: unknown, key: string): readonly string[] | undefined {
  const values = parseBaggage(header).flatMap((member) => (member.key === key ? member.value : []))
  return values.length === 0 ? undefined : values
}

/**
 * The header with one more member, which has no properties; the others stay byte for byte. Undefined where it
 * would hold more than 64 members or 8192 bytes.
 */
export function addMember(header: unknown, key: string, value: string): string | undefined {
  const before = textOf(header)
  const isEmpty = membersOf(before).length === 0
  const text = `${isEmpty ? '' : `${before},`}${key}=${encodeValue(value)}`
  const isWithin = membersOf(text).length <= MAX_MEMBERS && Buffer.byteLength(text) <= MAX_BYTES
  return isWithin ? text : undefined
}

/** The header without the members of this key; the others stay byte for byte. Empty where there are none. */
export function removeMember(header: unknown, key: string): string {
  const others = textOf(header)
    .split(',')
    .filter((text) => keyOf(text) !== key)
  return others.every((text) => text.trim() === '') ? '' : others.join(',')
}

// Several headers count as one list (RFC 9110, 5.3).
function textOf(header: unknown): string {
  if (Array.isArray(header)) return header.map(textOf).join(',')
  return typeof header === 'string' ? header : ''
}

function membersOf(header: unknown): string[] {
  return textOf(header)
    .split(',')
    .filter((text) => text.trim() !== '')
}

function keyOf(text: string): string {
  return (text.split(/[=;]/, 1)[0] ?? '').trim()
}

function parseMember(text: string): BaggageMember | undefined {
  const [pair = '', ...properties] = text.split(';')
  const member = parsePair(pair)
  if (member?.value === undefined) return undefined
  return {
    key: member.key,
    value: decodeValue(member.value),
    properties: properties.flatMap((property) => parsePair(property) ?? []),
  }
}

// The first `=` ends the key: a value may hold more of them.
function parsePair(text: string): BaggageProperty | undefined {
  const at = text.indexOf('=')
  const key = (at === -1 ? text : text.slice(0, at)).trim()
  if (!isToken(key)) return undefined
  if (at === -1) return { key }
  const value = text.slice(at + 1).trim()
  return OCTETS.test(value) ? { key, value } : undefined
}

// `baggage-octet`: visible ASCII without `"`, `,`, `;` and `\`.
const OCTETS = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/

// Not decodeURIComponent, which throws on what is no UTF-8.
function decodeValue(text: string): string {
  if (!text.includes('%')) return text
  const bytes = text.replaceAll(/%([\dA-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  // Without `ignoreBOM` a leading U+FEFF would be lost.
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.from(bytes, 'latin1'))
}

/** Encodes what is no `baggage-octet`, and the percent sign (W3C Baggage, 3.3.1.3). */
export function encodeValue(value: string): string {
  return value.replaceAll(/[^\x21\x23\x24\x26-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]/gu, (character) =>
    [...Buffer.from(character)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
  )
}
