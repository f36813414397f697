/**
 * Whether Envoy can read the value of a header to set: `%NAME%` and `%NAME(arguments)%` stand for what it
 * knows, `%%` for a percent sign (istio: pkg/config/validation/header_value_validator.go).
 */
export function isHeaderValue(value: string): boolean {
  if (!printable.test(value)) return false
  let state: State = literal
  for (let at = 0; at < value.length; at += 1) {
    const next = state(value[at] ?? '', value[at + 1])
    if (next === null) return false
    if (next.skip === true) at += 1
    state = next.state ?? state
  }
  return state === literal
}

/** What follows on a character; null: the value is refused. No `state`: the same again. */
type State = (character: string, next: string | undefined) => Step | null
interface Step {
  readonly state?: State
  /** Whether the next character is taken too. */
  readonly skip?: boolean
}

const stay: Step = {}

const literal: State = (character, next) => {
  if (character !== '%') return stay
  if (next === undefined) return null
  return next === '%' ? { skip: true } : { state: name }
}

const name: State = (character) => {
  if (character === '%') return { state: literal }
  return character === '(' ? { state: beforeArguments } : stay
}

const beforeArguments: State = (character) => {
  if (character === '[') return { state: beforeText }
  return character === ' ' ? stay : { state: text }
}

const beforeText: State = (character) => {
  if (character === '"') return { state: text }
  return character === ' ' ? stay : null
}

const text: State = (character, next) => {
  if (character === '\\') return next === undefined ? null : { skip: true }
  if (character === ')') return { state: beforeEnd }
  return character === '"' ? { state: afterText } : stay
}

const afterText: State = (character) => {
  if (character === ',') return { state: beforeText }
  if (character === ']') return { state: afterArguments }
  return character === ' ' ? stay : null
}

const afterArguments: State = (character) => {
  if (character === ')') return { state: beforeEnd }
  return character === ' ' ? stay : null
}

const beforeEnd: State = (character) => {
  if (character === '%') return { state: literal }
  return character === ' ' ? stay : null
}

// All but the control characters that no header may hold: a tab it may.
const printable = /^[\t\u0020-\u007E\u0080-\uFFFF]*$/
