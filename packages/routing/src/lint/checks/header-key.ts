import type { Check } from '../check.ts'

/** What stands in `headers` and is no header, and names that other tools compare as they are written. */
export const headerKey: Check = {
  codes: ['TL009'],
  run(world, report) {
    for (const { http } of world.virtualServices()) {
      for (const { matches } of http) {
        for (const match of matches) {
          for (const key of ['headers', 'withoutHeaders']) {
            for (const [name, at] of match.get(key).entries()) {
              const field = fields.get(name.toLowerCase())
              const claim = name.startsWith('@request.auth.claims')
              if (field !== undefined)
                report({
                  code: 'TL009',
                  at,
                  key: true,
                  message: `no request has a header ${name}; match it by the field \`${field}\` beside \`headers\``,
                })
              else if (!claim && name !== name.toLowerCase())
                report({
                  code: 'TL009',
                  at,
                  key: true,
                  level: 'info',
                  message: `write the header ${name} in lower case, as HTTP/2 sends it and as tools that compare it expect`,
                })
            }
          }
        }
      }
    }
  },
}

const fields: ReadonlyMap<string, string> = new Map([
  ['uri', 'uri'],
  [':path', 'uri'],
  ['scheme', 'scheme'],
  ['method', 'method'],
  ['authority', 'authority'],
])
