import { expect, it } from 'vitest'
import { askEngine, compare, isAnswer } from '../src/index.ts'
import type { Answer, World } from '../src/index.ts'

const world: World = {
  id: 'one service',
  meshConfig: null,
  manifests: [
    {
      file: 'service.yaml',
      text: `
apiVersion: v1
kind: Service
metadata: { name: shop, namespace: town }
spec: { selector: { app: shop }, ports: [{ name: raw, port: 7000 }, { name: http, port: 80 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: shop, namespace: town }
spec:
  selector: { matchLabels: { app: shop } }
  template: { metadata: { labels: { app: shop } } }
`,
    },
  ],
  requests: ['http://shop:7000/', 'http://shop/'].map((url) => ({
    from: 'deployment/town/shop',
    method: 'GET',
    url,
    host: null,
    headers: {},
    http: '1.1',
    address: null,
  })),
}

const sniffed = answerTo(0)
const declared = answerTo(1)

function answerTo(index: number): Answer {
  const one = askEngine(world)[index] ?? { error: 'no such request' }
  if (isAnswer(one)) return one
  throw new Error(one.error)
}

function setting(...names: string[]): Answer {
  return {
    ...declared,
    requestHeaders: { set: names.map((name) => [name, 'x']), add: [], remove: [] },
  }
}

it('an address that the oracle made up stands for the name that the engine says', () => {
  const made = { '10.96.0.1': 'shop.town.svc.cluster.local', '10.1.0.1': 'deployment/town/shop' }
  const named = {
    ...sniffed,
    listener: 'shop.town.svc.cluster.local_7000',
    outcome: {
      ...sniffed.outcome,
      endpoints: sniffed.outcome.endpoints.map(({ port, workload, namespace }) => ({
        address: null,
        port,
        workload,
        namespace,
      })),
    },
  }
  expect(compare(named, sniffed, made)).toEqual([])
  expect(compare(named, sniffed, {})).not.toEqual([])
})

it('says field by field in what two answers differ', () => {
  const other = { ...declared, outcome: { ...declared.outcome, cluster: 'outbound|80||other' } }
  expect(compare(declared, other)).toEqual([
    {
      field: 'outcome.cluster',
      engine: 'outbound|80||shop.town.svc.cluster.local',
      oracle: 'outbound|80||other',
    },
  ])
})

it('whoever cannot answer differs from whoever can', () => {
  expect(compare({ error: 'no such proxy' }, declared)).toEqual([
    { field: 'error', engine: 'no such proxy', oracle: null },
  ])
  expect(compare({ error: 'one' }, { error: 'another' })).toEqual([])
})

it('the order of header operations counts only where Envoy minds it', () => {
  expect(compare(setting('a', 'B'), setting('b', 'a'))).toEqual([])
  expect(compare(setting('a'), setting('b'))).not.toEqual([])
})
