import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Ajv } from 'ajv'
import type { Log } from 'sarif'
import { describe, expect, it } from 'vitest'
import { laneFaults } from '../../../routing/test/lint/lane-faults.ts'
import { lanes } from '../io.ts'
import { tree } from '../tree.ts'

const everything = laneFaults.map(({ broken }, index) => [`${index}.yaml`, broken] as const)

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
          "description": "VirtualService shop/rule: this route matches "-" as a lane; the mesh takes it for one. Where there is no lane, send no project-version at all",
          "fingerprint": "5c1da0767fa52eb86e971312f4ff9223b5058d6396a7a5ce7d5a351788232348",
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
          "description": "VirtualService shop/rule: the match "-" is no lane to the SDK, which drops it: letters, digits and - . _ / with a letter or digit at both ends, 253 characters at most. Rename the lane",
          "fingerprint": "ba34358227ad791b19329aa1cdc58f6badb79b80dca14c80ea35ac743df19bce",
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
