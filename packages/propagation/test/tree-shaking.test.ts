import { basename } from 'node:path'
import { rolldown } from 'rolldown'
import { describe, expect, it } from 'vitest'
import packageJson from '../package.json' with { type: 'json' }

const SOURCES = `${import.meta.dirname}/../src/`

/** The sub-paths, without those that are imported for what they do. */
const entries = Object.keys(packageJson.exports)
  .filter((path) => !path.endsWith('package.json'))
  .map((path) => (path === '.' ? 'index' : path.slice(2)))
const effects = new Set(packageJson.sideEffects.map((path) => basename(path, '.js')))
const pure = entries.filter((entry) => !effects.has(entry))

/** The entries that are made of others: these two are for the whole process, the global fetch included. */
const BUILT_ON: Readonly<Record<string, readonly string[]>> = {
  install: ['fetch'],
  opentelemetry: ['fetch'],
}

/** Entries that only re-export, and a module that must come with each. */
const RE_EXPORTS: Readonly<Record<string, string>> = {
  index: 'create-propagator',
  testing: 'watch',
}

/** Bundles a program, and answers the code and the modules of ours that stay in it. */
async function bundle(program: string): Promise<{ code: string; modules: string[] }> {
  const build = await rolldown({
    input: 'program',
    platform: 'node',
    plugins: [
      {
        name: 'program',
        resolveId: (id) => (id === 'program' ? id : null),
        load: (id) => (id === 'program' ? program : null),
      },
    ],
    // As the package says of itself in package.json.
    treeshake: { moduleSideEffects: false },
  })
  const { output } = await build.generate({ format: 'esm' })
  await build.close()
  const [{ code, modules }] = output
  const rendered = Object.entries(modules).filter(([, { renderedLength }]) => renderedLength > 0)
  return { code, modules: rendered.map(([id]) => basename(id, '.ts')) }
}

describe.each(pure)('the entry %s', (entry) => {
  it('leaves nothing in a program that uses nothing of it', async () => {
    const { modules } = await bundle(`import * as lanes from '${SOURCES}${entry}.ts'\n`)
    expect(modules).toEqual([])
  })

  it('brings no other integration with it', async () => {
    const { modules } = await bundle(`export * from '${SOURCES}${entry}.ts'\n`)
    const others = new Set(pure.filter((other) => other !== entry && other !== 'index'))
    expect(modules).toContain(RE_EXPORTS[entry] ?? entry)
    expect(modules.filter((name) => others.has(name))).toEqual(BUILT_ON[entry] ?? [])
  })
})

it('is told by package.json which modules do something when they are imported', () => {
  expect([...effects].every((effect) => entries.includes(effect))).toBe(true)
})
