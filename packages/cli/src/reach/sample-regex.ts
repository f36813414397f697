/**
 * A text that a regular expression matches as a whole, such as route matches hold them: literals, classes,
 * groups, alternatives and repetitions. Of alternatives the first is taken, of repetitions the fewest, of
 * classes the first character. Undefined where the expression has something else; a caller makes sure that
 * the text really matches.
 */
export function sampleOf(pattern: string): string | undefined {
  const reader = new Reader(pattern)
  const text = reader.alternatives()
  return reader.isAtEnd && !reader.isLost ? text : undefined
}

class Reader {
  isLost = false
  readonly #pattern: string
  #at = 0

  constructor(pattern: string) {
    this.#pattern = pattern
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#pattern.length
  }

  /** `a|b`: the first, but the others are read too. */
  alternatives(): string {
    const first = this.#sequence()
    while (this.#take('|')) this.#sequence()
    return first
  }

  #sequence(): string {
    let text = ''
    while (!this.isAtEnd && !this.isLost && !this.#sees('|') && !this.#sees(')')) {
      const atom = this.#atom()
      text += atom.repeat(this.#fewest())
    }
    return text
  }

  #atom(): string {
    const char = this.#next()
    if (char === '^' || char === '$') return ''
    if (char === '.') return 'x'
    if (char === '\\') return this.#escape()
    if (char === '[') return this.#charClass()
    if (char !== '(') return char
    // `(?:…)`, `(?P<name>…)`; flags such as `(?i)` stand alone.
    if (this.#take('?')) {
      const flags = this.#until(/[:)>]/)
      if (this.#pattern[this.#at - 1] === ')') return flags === '' ? this.#lost() : ''
    }
    const text = this.alternatives()
    return this.#take(')') ? text : this.#lost()
  }

  /** How often at least: `*`, `?`, `+`, `{2,3}`, each also lazy. */
  #fewest(): number {
    let times = 1
    if (this.#take('*') || this.#take('?')) times = 0
    else if (this.#sees('{')) {
      const [written = '', least = ''] = /^\{(\d+)(?:,\d*)?\}/.exec(this.#rest()) ?? []
      if (written === '') return 1
      this.#at += written.length
      times = Number(least)
    } else this.#take('+')
    this.#take('?')
    return times
  }

  #escape(): string {
    const char = this.#next()
    const sample = CLASS_SAMPLES.get(char)
    if (sample !== undefined) return sample
    return /[a-zA-Z0-9]/.test(char) ? this.#lost() : char
  }

  #charClass(): string {
    const isNegated = this.#take('^')
    let text = ''
    // A `]` that stands first is one of the characters.
    if (this.#take(']')) text = ']'
    while (!this.isAtEnd && !this.#sees(']')) {
      const char = this.#next()
      if (char === '[' && this.#sees(':')) return this.#lost()
      const one = char === '\\' ? this.#escape() : char
      text += one
    }
    if (!this.#take(']')) return this.#lost()
    if (!isNegated) return text.slice(0, 1)
    // A range holds more than its ends; the caller finds out.
    return ['x', 'X', '0', '-', '_', '~'].find((one) => !text.includes(one)) ?? this.#lost()
  }

  #sees(char: string): boolean {
    return this.#pattern[this.#at] === char
  }

  #take(char: string): boolean {
    if (!this.#sees(char)) return false
    this.#at += 1
    return true
  }

  #next(): string {
    const char = this.#pattern[this.#at]
    this.#at += 1
    return char ?? this.#lost()
  }

  #until(end: RegExp): string {
    let text = ''
    for (;;) {
      const char = this.#next()
      if (this.isLost || end.test(char)) return text
      text += char
    }
  }

  #rest(): string {
    return this.#pattern.slice(this.#at)
  }

  #lost(): '' {
    this.isLost = true
    return ''
  }
}

/** RE2's Perl classes; the anchors stand for nothing. */
const CLASS_SAMPLES = new Map([
  ['d', '0'],
  ['w', 'x'],
  ['s', ' '],
  ['D', 'x'],
  ['W', '-'],
  ['S', 'x'],
  ['A', ''],
  ['z', ''],
  ['b', ''],
])
