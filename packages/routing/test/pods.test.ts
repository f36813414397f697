import { expect, it } from 'vitest'
import { askAbout } from '../src/index.ts'
import { app, caller, meshOf } from './world.ts'

const set = `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: shop }
spec: { serviceName: db, template: { metadata: { labels: { app: db } } } }`

const ask = askAbout(meshOf(app('shop', ['v1', 'v1-next']), caller(), set))

it.each([
  ['as kubectl prints it', 'pod/shop/shop-v1-6d4cf56db6-x2x7q', 'deployment/shop/shop-v1'],
  [
    'of a Deployment whose name another begins with',
    'pod/shop/shop-v1-next-6d4cf56db6-x2x7q',
    'deployment/shop/shop-v1-next',
  ],
  ['that nobody has seen yet', 'pod/shop/caller-0', 'deployment/shop/caller'],
  ['of a StatefulSet', 'pod/shop/db-3', 'statefulset/shop/db'],
])('the pod of a workload may ask by its own name: %s', (_name, from, id) => {
  expect(ask({ from, url: 'http://shop.shop/' }).proxy?.id).toBe(id)
})

it.each(['pod/shop/shop-v1-next', 'pod/shop/shop-v1-aeiou-x2x7q', 'pod/town/caller-0'])(
  'another name is none of its pods: %s',
  (from) => {
    expect(() => ask({ from, url: 'http://shop.shop/' })).toThrow('none of the manifests')
  },
)
