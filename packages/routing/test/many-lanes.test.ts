import { describe, expect, it } from 'vitest'
import { decide } from '../src/index.ts'
import type { Header } from '../src/index.ts'
import { ask, configOf, shop, when } from './world.ts'

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

describe('what one route decides again and again', () => {
  const config = configOf(shop(rules), 'deployment/shop/caller')
  const decideFor = (url: string) =>
    decide(config, {
      method: 'GET',
      url,
      headers: [['project-version', 'release-7']],
      destination: { address: 'shop', port: 80 },
    })

  it('stays what it is, whoever has had it', () => {
    const first = decideFor('http://shop/')
    const copy = structuredClone(first)
    expect(() => Object.assign(first.outcome, { cluster: 'mine' })).toThrow(TypeError)
    Object.assign(first, { warnings: ['mine'], route: null })
    expect(decideFor('http://shop/')).toEqual(copy)
  })

  it('is looked at anew where the path has to be normalized', () => {
    expect(decideFor('http://shop/x?y').rewrite).toEqual({ path: null, authority: null })
    expect(decideFor('http://shop/a/../x?y').rewrite).toEqual({ path: '/x?y', authority: null })
    expect(decideFor('http://shop/x?y').rewrite).toEqual({ path: null, authority: null })
  })
})

function lanes(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) =>
    when(`{ headers: { project-version: { exact: ${name}-${n} } } }`, 'a'),
  )
}
