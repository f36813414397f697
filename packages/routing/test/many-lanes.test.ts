import { describe, expect, it } from 'vitest'
import type { Header } from '../src/index.ts'
import { ask, shop, when } from './world.ts'

// Enough routes that they are looked up by the header's value and not tried one after the other.
const rules = [
  ...lanes('release', 20),
  when('{ headers: { project-version: { prefix: release-1 } }, uri: { prefix: /a } }', 'a'),
  when('{ headers: { project-version: { exact: release-3 }, x-team: { exact: red } } }', 'a'),
  when('{ withoutHeaders: { project-version: { exact: other-7 } }, uri: { prefix: /b } }', 'a'),
  when('{ headers: { x-team: { exact: red } } }', 'a'),
  ...lanes('other', 10),
  when('{ uri: { exact: /c } }', 'a'),
]

const values = ['release-0', 'release-3', 'release-19', 'release-21', 'other-2', 'other-7', 'none']
const sent = [[], ...values.map((one) => [one]), ['none', 'other-2'], ['other-2', 'release-3']]
const requests = ['/', '/a', '/b', '/c'].flatMap((path) =>
  sent.flatMap((lanesSent) =>
    [[], [['x-team', 'red'] as const]].map((team) => ({ path, lanesSent, team })),
  ),
)

describe('of many lanes', () => {
  const mesh = shop(rules)

  it.each(requests)('the first that matches wins: $path $lanesSent $team', (request) => {
    const lanesOf = request.lanesSent.map((value) => ['project-version', value] as const)
    const headers: Header[] = [...lanesOf, ...request.team]
    const { virtualHost, route, passed } = ask(mesh, `http://shop${request.path}`, { headers })
    expect(virtualHost).toBe('shop.shop.svc.cluster.local:80')
    const before = passed.map(({ index }) => index)
    // A route that would have matched earlier has no reason to be passed over, and would be missing.
    expect(before).toEqual([...Array(route?.index ?? rules.length).keys()])
  })
})

function lanes(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) =>
    when(`{ headers: { project-version: { exact: ${name}-${n} } } }`, 'a'),
  )
}
