/**
 * Longest lane, in characters: the limit of a Kubernetes DNS subdomain name (RFC 1123), which leaves room
 * for any branch name that is also part of a resource's name.
 */
const MAX_LANE_LENGTH = 253

/**
 * What a lane looks like unless `pattern` says otherwise: letters, digits, `-`, `.`, `_` and `/`, with a
 * letter or digit at both ends; 1 to 253 characters.
 */
export const LANE_PATTERN = /^[A-Za-z0-9]([-._A-Za-z0-9/]{0,251}[A-Za-z0-9])?$/

/** Tells whether one value, already free of surrounding blanks and within the length, is a lane. */
export type LaneCheck = (value: string) => boolean

/** Why a value was not taken. */
export type ValueFault =
  /** No character but blanks. */
  | 'empty'
  /** More than 253 characters. */
  | 'too-long'
  /** Outside the pattern. */
  | 'pattern'
  /** Repeated with different values. */
  | 'conflict'
  /** Not a string. */
  | 'type'

/** What a raw value holds: a lane, nothing at all, or something that is not taken. */
export type LaneReading =
  | { readonly kind: 'lane'; readonly lane: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'fault'; readonly fault: ValueFault }

/**
 * Reads a lane from what a header, a message property or a caller holds. Equal repetitions count as one,
 * as an array or in one string: Node and the Fetch standard join repeated headers with a comma
 * (RFC 9110, 5.3). Blanks around a value are no part of it (RFC 9110, 5.5).
 */
export function readLane(raw: unknown, check: LaneCheck): LaneReading {
  if (raw === undefined || raw === null) return ABSENT
  const values: readonly unknown[] = Array.isArray(raw) ? raw : [raw]
  let lane: string | undefined
  for (const given of values) {
    const value = given instanceof Uint8Array ? decodeBytes(given) : given
    if (typeof value !== 'string') return fault('type')
    for (const part of value.includes(',') ? value.split(',') : [value]) {
      const trimmed = trimBlanks(part)
      if (lane !== undefined && lane !== trimmed) return fault('conflict')
      lane = trimmed
    }
  }
  if (lane === undefined) return ABSENT
  if (lane === '') return fault('empty')
  if (lane.length > MAX_LANE_LENGTH) return fault('too-long')
  return check(lane) ? { kind: 'lane', lane } : fault('pattern')
}

/**
 * Makes the check for a pattern. The pattern must cover the whole value; its `g` and `y` flags are ignored,
 * as they would make a check depend on the one before it. Whatever the pattern allows, a value stays visible
 * ASCII without commas: anything else could end a header or be taken for a repeated one.
 */
export function laneCheck(pattern: RegExp): LaneCheck {
  const whole = new RegExp(`^(?:${pattern.source})$`, pattern.flags.replaceAll(/[gy]/g, ''))
  return (value) => VISIBLE.test(value) && whole.test(value)
}

const VISIBLE = /^[\x21-\x2b\x2d-\x7e]*$/

const ABSENT: LaneReading = Object.freeze({ kind: 'absent' })

function fault(name: ValueFault): LaneReading {
  return { kind: 'fault', fault: name }
}

// Kafka gives its headers as bytes. Latin-1, as in HTTP: a character a byte, whatever the bytes are; and no
// more of them than it takes to see that they are too many.
function decodeBytes(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, MAX_LANE_LENGTH + 1))
}

// Not String.prototype.trim, which would also take off the line breaks that must be refused; not a regular
// expression, which takes quadratic time on long runs of blanks.
function trimBlanks(value: string): string {
  let start = 0
  let end = value.length
  while (start < end && isBlank(value.charCodeAt(start))) start += 1
  while (end > start && isBlank(value.charCodeAt(end - 1))) end -= 1
  return value.slice(start, end)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}
