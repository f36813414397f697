import { isRecord } from '../manifest/read.ts'
import { parseDuration } from '../mesh/duration.ts'
import { apiChecks } from './api-checks.ts'
import { at, duplicates, get, has, here, list } from './check.ts'
import type { Check } from './check.ts'

/** The rules that CRDs state in CEL, by name: one for each form of them (../../schema/cel.js). */
export const checks: ReadonlyMap<string, Check> = new Map([
  ...apiChecks,
  [
    'ms',
    (value) => {
      const ms = typeof value === 'string' ? parseDuration(value) : null
      if (ms === null) return here(`must be a duration like "10s" or "250ms"`)
      return ms < 1 ? here('must be at least "1ms"; leave it out to have none') : []
    },
  ],
  [
    'only',
    (value, [field, by, wanted], node) => {
      const name = String(field)
      if (!has(value, name) || get(value, String(by), node) === wanted) return []
      return at([name], `may stand there only with \`${by}: ${wanted}\``)
    },
  ],
  [
    'needs',
    (value, [field, by, wanted], node) =>
      get(value, String(by), node) !== wanted || has(value, String(field))
        ? []
        : here(`with \`${by}: ${wanted}\` must have \`${field}\``),
  ],
  [
    'once',
    (value, [by, wanted]) =>
      list(value).filter((one) => isRecord(one) && one[String(by)] === wanted).length > 1
        ? here(`may have only one entry with \`${by}: ${wanted}\``)
        : [],
  ],
  [
    'apart',
    (value, [by, ...wanted]) => {
      const present = wanted.filter((one) =>
        list(value).some((entry) => isRecord(entry) && entry[String(by)] === one),
      )
      return present.length > 1 ? here(`may not have both ${present.join(' and ')}`) : []
    },
  ],
  [
    'atMostOne',
    (value, names) => {
      const present = names.filter((name) => has(value, String(name)))
      return present.length > 1
        ? here(`may have only one of ${present.map((name) => `\`${name}\``).join(' and ')}`)
        : []
    },
  ],
  ['unique', (value, fields) => duplicates(value, fields.map(String))],
  [
    'atLeastOne',
    (value, names) =>
      names.some((name) => has(value, String(name)))
        ? []
        : here(`must have ${names.map((name) => `\`${name}\``).join(' or ')}`),
  ],
  [
    'noStar',
    (value) =>
      typeof value === 'string' && value.includes('*') ? here('must have no asterisk') : [],
  ],
  [
    'noStarKey',
    (value) =>
      isRecord(value) && Object.keys(value).some((key) => key.includes('*'))
        ? here('must have no asterisk in a name')
        : [],
  ],
  ['notStar', (value) => (value === '*' ? here('must not be "*"') : [])],
])
