import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { buildMesh, compile, decide, loadManifests, proxies } from '../src/index.ts'
import type { Resource } from '../src/index.ts'
import { seed } from './fuzz-seed.ts'

/** `pnpm fuzz:manifests` asks for 100,000 from a seed of its choice. */
const count = Number(process.env['LANES_FUZZ'] ?? 300)
const first = Number(process.env['LANES_FUZZ_SEED'] ?? 1)

/** Numbers that are the same every time (mulberry32). */
function numbers(start: number): () => number {
  let state = start
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Does everything that the package can do with a document among others; gives what was decided. */
function useAll(document: string, others: readonly Resource[], random: () => number): string[] {
  const { resources, diagnostics } = loadManifests([{ file: 'mesh.yaml', text: document }])
  const mesh = buildMesh([...others, ...resources])
  // Of the first kind are sidecars; the last is a gateway, unless the change made away with it.
  const asking = proxies(mesh).at(random() < 0.7 ? 0 : -1)
  const decisions: string[] = []
  if (asking !== undefined) {
    const config = compile(mesh, asking)
    for (const [index, url] of urls.entries()) {
      if (random() < 0.5) continue
      const destination = { port: index < 2 ? 8000 : 80 }
      const request = { method: 'GET', url, headers: [['X', 'v1']] as const, destination }
      decisions.push(decide(config, request, { random }).outcome.kind)
    }
  }
  for (const { position } of [...diagnostics, ...mesh.diagnostics]) {
    if (position === null || position.line < 1 || position.column < 1) {
      throw new Error('A finding has no place.')
    }
  }
  return decisions
}

const urls = [
  'http://store.shop:8000/a?q',
  'http://shop.shop:8000/a?q',
  'http://shop.example.com/hi',
  'https://[::1]:1/%',
  '*',
]

const replacements = [
  '{}',
  '[]',
  'null',
  '1',
  '-1',
  '1e99',
  '"*"',
  '""',
  'true',
  '~',
  '{ a: b }',
  '*x',
  '&x 1',
  '%',
  '{',
  ']',
  ': ',
  '\t',
  '\u0000',
  '\uD800',
  '[[[]]]',
  '!!set { a }',
  '<<: { a: b }',
]

/** Changes a few places of the text. */
function mutate(text: string, random: () => number): string {
  let mutated = text
  for (let left = 1 + Math.floor(random() * 4); left > 0; left -= 1) {
    const words = [...mutated.matchAll(/[\w./*-]+|[{}[\],:]/g)]
    const word = words[Math.floor(random() * words.length)]
    if (word === undefined) return mutated
    const other = words[Math.floor(random() * words.length)]?.[0] ?? ''
    const choices = [...replacements, other, other, other, other, '']
    const replacement = choices[Math.floor(random() * choices.length)] ?? ''
    mutated =
      mutated.slice(0, word.index) + replacement + mutated.slice(word.index + word[0].length)
  }
  return mutated
}

describe('manifests that somebody has changed at random', () => {
  const loaded = seed.map((text) => loadManifests([{ file: 'mesh.yaml', text }]))
  const rules = seed.filter((text) => /^kind: (?:VirtualService|\w+Route)$/m.test(text))

  it('are read as they are in the first place', () => {
    const { resources, diagnostics } = loadManifests([
      { file: 'mesh.yaml', text: seed.join('\n---\n') },
    ])
    expect(diagnostics).toEqual([])
    expect(buildMesh(resources).diagnostics.filter(({ level }) => level === 'error')).toEqual([])
  })

  it(
    `never make anything throw, nor take long: ${count} of them from seed ${first}`,
    () => {
      let decided = 0
      let slowest = { ms: 0, text: '' }
      for (let index = 0; index < count; index += 1) {
        const random = numbers(first + index)
        // Rules have the most to go wrong.
        const among = random() < 0.5 ? rules : seed
        const document = among[Math.floor(random() * among.length)] ?? ''
        const chosen = seed.indexOf(document)
        const others = loaded.flatMap(({ resources }, at) =>
          at === chosen || random() < 0.4 ? [] : resources,
        )
        const text = mutate(document, random)
        const before = process.cpuUsage()
        try {
          decided += useAll(text, others, random).length
        } catch (error) {
          throw new Error(`Seed ${first + index}: this manifest made it throw:\n${text}`, {
            cause: error,
          })
        }
        const { user, system } = process.cpuUsage(before)
        const ms = (user + system) / 1000
        if (ms > slowest.ms) slowest = { ms, text }
      }
      expect(decided).toBeGreaterThan(count)
      // A few milliseconds each, and some for compiling our own code.
      expect(slowest.ms < 2000 ? null : slowest).toBeNull()
    },
    30_000 + count * 200,
  )
})
