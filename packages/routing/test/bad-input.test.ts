import process from 'node:process'
import { expect, it } from 'vitest'
import { buildMesh, loadManifests } from '../src/index.ts'

/** What is said of a text, and the CPU time that it took. */
function read(text: string): { codes: Set<string>; ms: number } {
  const before = process.cpuUsage()
  const { resources, diagnostics } = loadManifests([{ file: 'mesh.yaml', text }])
  const mesh = buildMesh(resources)
  const { user, system } = process.cpuUsage(before)
  const codes = [...diagnostics, ...mesh.diagnostics].map(({ code }) => code)
  return { codes: new Set(codes), ms: (user + system) / 1000 }
}

const rule = (index: number) =>
  `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: v${index} }\n` +
  `spec: { hosts: [h${index}.example.com], http: [{ route: [{ destination: { host: shop } }] }] }\n`

const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7919 + 13) % 256)

it.each([
  ['bytes', 'not-an-object', new TextDecoder('latin1').decode(bytes)],
  ['bytes that are no UTF-8', 'not-an-object', new TextDecoder().decode(bytes)],
  ['zeros', 'not-an-object', '\0'.repeat(300_000)],
  ['an anchor full of itself', 'yaml-aliases', `a: &a [${'*a, '.repeat(4000)}]`],
  ['many aliases', 'yaml-aliases', `a: &a b\nc: [${'*a, '.repeat(4000)}]`],
  ['an open quote', 'yaml-syntax', `"${'a\n'.repeat(300_000)}`],
  ['brackets', 'yaml-syntax', `a: ${'['.repeat(100_000)}`],
  ['dashes', 'yaml-syntax', '- '.repeat(100_000)],
  ['50 MB with a tag', 'yaml-too-long', `a: !x ${'b'.repeat(50_000_000)}`],
  ['50 MB in one list', 'yaml-too-long', `a: [${'1, '.repeat(16_000_000)}]`],
])('%s: a diagnostic, and soon: %s', (_name, code, text) => {
  const { codes, ms } = read(text)
  expect(codes).toEqual(new Set([code]))
  expect(ms).toBeLessThan(4000)
})

it.each([
  ['10,000 documents', Array.from({ length: 10_000 }, (_, index) => rule(index)).join('---\n')],
  ['10,000 empty documents', '---\n'.repeat(10_000)],
  ['a comment of 50 MB', `# ${'x'.repeat(50_000_000)}\n`],
  [
    'one rule for 20,000 hosts',
    rule(0).replace(
      'h0.example.com',
      Array.from({ length: 20_000 }, (_, index) => `h${index}.com`).join(', '),
    ),
  ],
])(
  '%s are read soon',
  (_name, text) => {
    const { codes, ms } = read(text)
    expect(codes).toEqual(new Set())
    expect(ms).toBeLessThan(8000)
  },
  60_000,
)
