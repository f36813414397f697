import type { Random } from '../fuzz/random.ts'

/** A regular expression as somebody may write it; one in ten or so is none that RE2 knows. */
export function makePattern(random: Random): string {
  for (;;) {
    const pattern = alternation(random, 3)
    // Istio refuses the empty one whatever RE2 says.
    if (pattern !== '') return pattern
  }
}

/** A text from the few characters that the patterns are made of, so that some match. */
export function makeInput(random: Random): string {
  return repeat(random, 0, 5, () => random.pick(characters))
}

const characters = ['a', 'b', 'b', 'A', '1', '-', '.', '/', ' ', '_', 'é', 'Ω', '\u{1f600}', '\n']

function alternation(random: Random, depth: number): string {
  const count = random.weighted([
    [6, 1],
    [3, 2],
    [1, 3],
  ])
  return Array.from({ length: count }, () => sequence(random, depth)).join('|')
}

function sequence(random: Random, depth: number): string {
  return repeat(random, 0, 4, () => quantified(random, depth))
}

function quantified(random: Random, depth: number): string {
  const quantifier = random.weighted([
    [240, ''],
    [32, '*'],
    [32, '+'],
    [32, '?'],
    [8, '*?'],
    [8, '{2}'],
    [8, '{1,3}'],
    [8, '{0,}'],
    [1, '{2,1}'],
    [1, '{,2}'],
    [1, '{1001}'],
    [1, '**'],
    [1, '++'],
    [1, '*+'],
  ])
  return `${atom(random, depth)}${quantifier}`
}

function atom(random: Random, depth: number): string {
  if (depth > 0 && random.chance(0.25)) {
    // Two groups of one name are fine to Go, and so to Istio, but not to Envoy.
    const open = random.pick(opening).replace('<n>', () => `<n${random.int(0, 1e9)}>`)
    return `${open}${alternation(random, depth - 1)}${random.chance(0.98) ? ')' : ''}`
  }
  if (random.chance(0.02)) return random.pick(unknown)
  return random.chance(0.5) ? random.pick(literals) : random.pick(atoms)
}

const literals = ['a', 'b', 'A', '1', '-', '\\.', '/', ' ', '_', 'é', 'Ω', '\u{1f600}']

const opening = ['(', '(', '(?:', '(?:', '(?i:', '(?s:', '(?m:', '(?U:', '(?-i:', '(?P<n>', '(?<n>']

/** What other dialects know, or nobody. */
const unknown = [
  '\\Z',
  '\\h',
  '\\1',
  '\\x{110000}',
  '\\08',
  '\\C',
  '\\X',
  '\\R',
  '\\G',
  '\\é',
  '\\p{Nothing}',
  '[b-a]',
  '[[:nothing:]]',
  '[a',
  '[]',
  '(?i',
  ')',
  '(?=a)',
  '(?!a)',
  '(?<=a)',
  '(?>a)',
  '(?x:a)',
]

const atoms = [
  '.',
  '.',
  '\\d',
  '\\D',
  '\\w',
  '\\W',
  '\\s',
  '\\S',
  '\\b',
  '\\B',
  '^',
  '$',
  '\\A',
  '\\z',
  '\\n',
  '\\t',
  '\\x41',
  '\\x{1F600}',
  '\\141',
  '\\-',
  '\\Qa.b\\E',
  '\\Q.',
  '\\pL',
  '\\PL',
  '\\p{Greek}',
  '\\p{^Greek}',
  '[ab]',
  '[^ab]',
  '[a-b1-3]',
  '[]a]',
  '[^]a]',
  '[a-]',
  '[\\d-]',
  '[\\w.]',
  '[[:alpha:]]',
  '[[:^alpha:]]',
  '[[:word:]-]',
  '[\\pL\\d]',
  '[^\\n]',
  '(?i)',
  '(?s)',
  '(?m)',
  '(?-s)',
  '{',
  '}',
  '{a}',
  ']',
  '#',
  '&&',
]

function repeat(random: Random, low: number, high: number, make: () => string): string {
  return Array.from({ length: random.int(low, high) }, make).join('')
}
