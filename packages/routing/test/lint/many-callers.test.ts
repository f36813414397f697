import { expect, it } from 'vitest'
import { lint, loadManifests } from '../../src/index.ts'
import { yaml } from './fault.ts'
import { lane, rules, shop } from './shop.ts'

it('shows what each of 60 namespaces gets wrong, though only its own callers see it', () => {
  const world = yaml(rules([lane('exact: v1', 'v1')], { spec: "exportTo: ['.']" }), ...shop)
  const worlds = Array.from({ length: 60 }, (_, index) =>
    world.replaceAll('namespace: shop', `namespace: shop-${index}`),
  )
  const found = lint(loadManifests([{ file: 'mesh.yaml', text: worlds.join('\n---\n') }])).filter(
    ({ code }) => code === 'TL004',
  )
  expect(found.map(({ request }) => request?.from.split('/')[1])).toEqual(
    worlds.map((_, index) => `shop-${index}`),
  )
})
