import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Ajv } from 'ajv'
import type { Log } from 'sarif'
import { describe, expect, it } from 'vitest'
import { faults } from '../../../routing/test/lint/faults.ts'
import { lanes } from '../io.ts'
import { tree } from '../tree.ts'

const everything = faults.map(({ broken }, index) => [`${index}.yaml`, broken] as const)

async function printed(format: string, files: Record<string, string>): Promise<string> {
  const { out } = await lanes(['lint', '-f', 'k8s', format], tree({ 'k8s/a.txt': '', ...files }))
  return out
}

function folder(files: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries(files.map(([name, text]) => [`k8s/${name}`, text]))
}

describe('lanes lint --sarif', () => {
  const require = createRequire(import.meta.url)
  const schemaFile = require.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json')
  const draft4: Record<string, unknown> = JSON.parse(readFileSync(schemaFile, 'utf8'))
  // It uses nothing of draft 4 that later drafts read otherwise, but for these two words.
  const schema = Object.fromEntries(
    Object.entries(draft4).filter(([key]) => key !== '$schema' && key !== 'id'),
  )
  const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(
    schema,
  )

  it('prints what the standard’s own schema allows', async () => {
    validate(JSON.parse(await printed('--sarif', folder(everything))))
    expect(validate.errors ?? []).toEqual([])
    expect(validate({ version: '2.0.0', runs: [] })).toBe(false)
  })

  it('names each rule once, and points each result at its rule', async () => {
    const { runs }: Log = JSON.parse(await printed('--sarif', folder(everything)))
    const [run] = runs
    const rules = run?.tool.driver.rules?.map(({ id }) => id) ?? []
    expect(new Set(rules).size).toBe(rules.length)
    for (const { ruleId, ruleIndex } of run?.results ?? [])
      expect(rules[ruleIndex ?? -1]).toBe(ruleId)
  })
})

describe('lanes lint --gitlab', () => {
  interface Issue {
    readonly fingerprint: string
    readonly location: { readonly path: string; readonly lines: { readonly begin: number } }
  }

  it('gives each finding a fingerprint of its own that stays when lines move', async () => {
    const issues: Issue[] = JSON.parse(await printed('--gitlab', folder(everything)))
    expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(issues.length)
    const moved = folder(everything.map(([name, text]) => [name, `# a new line\n${text}`]))
    const later: Issue[] = JSON.parse(await printed('--gitlab', moved))
    expect(later.map(({ fingerprint }) => fingerprint)).toEqual(
      issues.map(({ fingerprint }) => fingerprint),
    )
    expect(later[0]?.location.lines.begin).toBe((issues[0]?.location.lines.begin ?? 0) + 1)
  })

  it('prints what GitLab asks for', async () => {
    const [first] = everything
    const issues = await printed('--gitlab', folder(first === undefined ? [] : [first]))
    expect(JSON.parse(issues)).toMatchInlineSnapshot(`
      [
        {
          "check_name": "TL001",
          "description": "VirtualService shop/rule: this route matches "-" as a lane, and the mesh takes it for one. Where there is no lane, send no project-version at all",
          "fingerprint": "defca9a3cb29d65c78f364f54f8fd92ed325e9a8ce586497632df23dd5150a5c",
          "location": {
            "lines": {
              "begin": 7,
            },
            "path": "k8s/0.yaml",
          },
          "severity": "minor",
        },
        {
          "check_name": "TL040",
          "description": "VirtualService shop/rule: "-" is no lane to the SDK, which drops it: letters, digits and - . _ / with a letter or digit at both ends, 253 characters at most. Rename the lane",
          "fingerprint": "f043936e9111212ea6aabb676846436151a836808c509c574c5b18d1fbb90b92",
          "location": {
            "lines": {
              "begin": 7,
            },
            "path": "k8s/0.yaml",
          },
          "severity": "major",
        },
      ]
    `)
  })

  it('does not go with another format', async () => {
    const cwd = tree({ 'a.yaml': '' })
    expect(await lanes(['lint', '-f', 'a.yaml', '--gitlab', '--json'], cwd)).toMatchObject({
      code: 2,
    })
  })
})
