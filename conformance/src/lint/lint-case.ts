import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { Manifest } from '../world.ts'

/** What a linter says about one object. */
export interface Verdict {
  readonly code: string
  readonly level: string
  /** `VirtualService shop/cart`. */
  readonly resource: string
}

/** Manifests with what Istio's analyzers say about them. */
export interface LintCase {
  readonly name: string
  readonly manifest: Manifest
  /** SHA-256 of the manifest. */
  readonly input: string
  /** null: not asked yet. */
  readonly golden: LintGolden | null
}

/** The answer of Istio's analyzers, as it stands beside its case. Written by `pnpm conformance` only. */
export interface LintGolden {
  /** The version of the module istio.io/istio. */
  readonly istio: string
  readonly input: string
  readonly verdicts: readonly Verdict[]
}

const folder = `${import.meta.dirname}/../../lint-cases`

/** The cases of conformance/lint-cases, by name. */
export function readLintCases(): LintCase[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .toSorted()
    .map((file) => {
      const name = file.replace(/\.yaml$/, '')
      const text = readFileSync(`${folder}/${file}`, 'utf8')
      const input = createHash('sha256').update(text).digest('hex')
      return { name, manifest: { file, text }, input, golden: readGolden(name) }
    })
}

/** Where a case's golden stands. */
export function goldenFile(name: string): string {
  return `${folder}/${name}.golden.json`
}

function readGolden(name: string): LintGolden | null {
  const file = goldenFile(name)
  if (!existsSync(file)) return null
  const golden: LintGolden = JSON.parse(readFileSync(file, 'utf8'))
  return golden
}
