import type { Position } from '../../diagnostic.ts'
import type { Check } from '../check.ts'
import { serviceUrl } from '../examples.ts'
import type { Trial } from '../examples.ts'
import { meshTargets } from '../model/targets.ts'
import type { VirtualServiceView } from '../model/virtual-service.ts'
import type { Part } from '../part.ts'
import type { World } from '../world.ts'

/** What stands in `headers` and is no header, and names that other tools compare as they are written. */
export const headerKey: Check = {
  codes: ['TL009'],
  run(world, report) {
    for (const rule of world.virtualServices()) {
      for (const { matches, part } of rule.http) {
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
                  request: world.examples.find(
                    key === 'headers' && field === 'uri' ? pathTrials(world, rule, at) : [],
                    ({ route }) => !isAt(route?.origin?.position, [part, match]),
                  ),
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

/** Requests for the path that was meant. */
function pathTrials(world: World, rule: VirtualServiceView, at: Part): Trial[] {
  const path = at.get('exact').text ?? at.get('prefix').text
  if (path === null || !path.startsWith('/')) return []
  return meshTargets(world, rule).flatMap(({ service, port }) =>
    world.examples
      .callersOf(service)
      .map((from) => ({ from, url: serviceUrl(service, port, path) })),
  )
}

function isAt(position: Position | undefined, parts: readonly Part[]): boolean {
  return parts.some(({ resource, path }) => {
    const { file, line, column } = resource.position(path)
    return position?.file === file && position.line === line && position.column === column
  })
}

const fields: ReadonlyMap<string, string> = new Map([
  ['uri', 'uri'],
  [':path', 'uri'],
  ['scheme', 'scheme'],
  ['method', 'method'],
  ['authority', 'authority'],
])
