import { describe, expect, it } from 'vitest'
import { app, ask, caller, meshOf, otherwise, target, virtualService } from './world.ts'

interface Rule {
  readonly name?: string
  readonly namespace?: string
  readonly host?: string
  readonly subsets?: readonly string[]
  readonly metadata?: string
  readonly spec?: string
}

function rule({
  name = 'rule',
  namespace = 'shop',
  host = full,
  subsets = ['a'],
  metadata,
  spec,
}: Rule) {
  const list = subsets.map((one) => `{ name: ${one}, labels: { version: a } }`)
  return `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ${name}, namespace: ${namespace}${metadata === undefined ? '' : `, ${metadata}`} }
spec: { host: "${host}", subsets: [${list.join(', ')}]${spec === undefined ? '' : `, ${spec}`} }`
}

const full = 'shop.shop.svc.cluster.local'

/** What a caller gets who is sent to subset `a` of the shop, and the rule that says so. */
function found(
  rules: readonly Rule[],
  namespace = 'shop',
  wanted = 'a',
  labels?: string,
): string[] {
  const mesh = meshOf(
    caller(namespace, labels),
    app('shop', ['a'], { port: 8000 }),
    virtualService([otherwise(wanted).replace('host: shop,', `host: ${full},`)], {
      hosts: `[${full}]`,
    }),
    ...rules.map((one) => rule(one)),
  )
  const decision = ask(mesh, 'http://shop.shop:8000/', { from: `deployment/${namespace}/caller` })
  const { destinationRule } = decision
  return [target(decision).replace(/^outbound.*/, 'forward'), destinationRule?.resource ?? 'none']
}

describe('the DestinationRule of a Service', () => {
  it('is found in the Service’s namespace', () => {
    expect(found([{}])).toEqual(['forward', 'DestinationRule shop/rule'])
    expect(found([{}], 'elsewhere')).toEqual(['forward', 'DestinationRule shop/rule'])
  })

  it('is found in the root namespace, and in no third one', () => {
    expect(found([{ namespace: 'istio-system' }])).toEqual([
      'forward',
      'DestinationRule istio-system/rule',
    ])
    expect(found([{ namespace: 'third' }])).toEqual(['503 NC', 'none'])
  })

  it('is hidden by one in the caller’s namespace, for callers there only', () => {
    const rules = [{}, { namespace: 'elsewhere', subsets: ['other'] }]
    expect(found(rules)).toEqual(['forward', 'DestinationRule shop/rule'])
    expect(found(rules, 'elsewhere')).toEqual(['503 NC', 'DestinationRule elsewhere/rule'])
  })

  it('is not hidden by the root namespace’s own, for callers there', () => {
    const rules = [{}, { namespace: 'istio-system', subsets: ['other'] }]
    expect(found(rules, 'istio-system')).toEqual(['forward', 'DestinationRule shop/rule'])
    const own = [{}, { namespace: 'istio-system', subsets: ['other'], spec: 'exportTo: ["."]' }]
    expect(found(own, 'istio-system')).toEqual(['503 NC', 'DestinationRule istio-system/rule'])
  })

  it('is the one for the exact host, which hides wildcards entirely', () => {
    expect(
      found([{ name: 'wild', host: '*.shop.svc.cluster.local' }, { subsets: ['other'] }]),
    ).toEqual(['503 NC', 'DestinationRule shop/rule'])
  })

  it('is the longest of the wildcards', () => {
    expect(
      found([
        { name: 'short', host: '*.local', subsets: ['other'] },
        { name: 'long', host: '*.shop.svc.cluster.local' },
        { name: 'all', host: '*', subsets: ['other'] },
      ]),
    ).toEqual(['forward', 'DestinationRule shop/long'])
  })

  it.each([
    ['shop', 'forward'],
    ['shop.shop', '503 NC'],
    ['SHOP', '503 NC'],
  ])('may call it %s: %s', (host, expected) => {
    expect(found([{ host }])[0]).toBe(expected)
  })

  it.each([
    ['["."]', 'shop', 'forward'],
    ['["."]', 'elsewhere', '503 NC'],
    ['[shop]', 'elsewhere', '503 NC'],
    ['[elsewhere]', 'elsewhere', 'forward'],
    ['[elsewhere]', 'shop', '503 NC'],
    ['["*"]', 'elsewhere', 'forward'],
  ])('exported to %s, from namespace %s: %s', (exportTo, namespace, expected) => {
    expect(found([{ spec: `exportTo: ${exportTo}` }], namespace)[0]).toBe(expected)
  })
})

describe('several DestinationRules of one namespace for one host', () => {
  it('are merged: each adds its subsets', () => {
    const rules = [
      { name: 'one', subsets: ['a'] },
      { name: 'two', subsets: ['b'] },
    ]
    expect(found(rules, 'shop', 'a')).toEqual(['forward', 'DestinationRule shop/one'])
    expect(found(rules, 'shop', 'b')).toEqual(['forward', 'DestinationRule shop/two'])
  })

  it('keep the first subset of a name, by age', () => {
    const rules = [
      { name: 'one', metadata: 'creationTimestamp: "2026-01-02T00:00:00Z"' },
      { name: 'two', metadata: 'creationTimestamp: "2026-01-01T00:00:00Z"' },
    ]
    expect(found(rules)).toEqual(['forward', 'DestinationRule shop/two'])
  })

  it('stay apart where they are exported differently', () => {
    const rules = [
      { name: 'one', subsets: ['b'], spec: 'exportTo: ["."]' },
      { name: 'two', subsets: ['a'], spec: 'exportTo: [elsewhere]' },
    ]
    expect(found(rules, 'shop', 'b')[0]).toBe('forward')
    expect(found(rules, 'shop', 'a')[0]).toBe('503 NC')
    expect(found(rules, 'elsewhere', 'a')[0]).toBe('forward')
    expect(found(rules, 'elsewhere', 'b')[0]).toBe('503 NC')
  })
})

describe('a DestinationRule with a workload selector', () => {
  const rules = [
    { name: 'all', subsets: ['a'] },
    { name: 'some', subsets: ['b'], spec: 'workloadSelector: { matchLabels: { tier: x } }' },
  ]

  it('is for those workloads of its namespace, and hides the other from them', () => {
    const chosen = '{ app: caller, tier: x }'
    expect(found(rules, 'shop', 'b', chosen)[0]).toBe('forward')
    expect(found(rules, 'shop', 'a', chosen)[0]).toBe('503 NC')
    expect(found(rules, 'shop', 'a')[0]).toBe('forward')
    expect(found(rules, 'shop', 'b')[0]).toBe('503 NC')
    expect(found(rules, 'elsewhere', 'a', chosen)[0]).toBe('forward')
    expect(found(rules, 'elsewhere', 'b', chosen)[0]).toBe('503 NC')
  })
})

const named = (spec?: string) =>
  ask(
    meshOf(caller(), app('shop', ['a']), rule(spec === undefined ? {} : { spec })),
    'http://shop/',
  ).destinationRule

describe('the DestinationRule that a decision names', () => {
  const from = 'deployment/shop/caller'

  it('is the subset’s, by its line', () => {
    const mesh = meshOf(
      caller(),
      app('shop', ['a']),
      rule({ subsets: ['x', 'a'] }),
      virtualService([otherwise('a')]),
    )
    expect(ask(mesh, 'http://shop/', { from }).destinationRule).toEqual({
      resource: 'DestinationRule shop/rule',
      position: mesh.destinationRules.local
        .get('shop')
        ?.get(full)?.[0]
        ?.subsets[1]?.resource.position(['spec', 'subsets', 1]),
    })
  })

  it('is the traffic policy’s where no subset is meant, and else none', () => {
    expect(named('trafficPolicy: { outlierDetection: {} }')).toMatchObject({
      resource: 'DestinationRule shop/rule',
    })
    expect(named()).toBeNull()
    const merged = meshOf(
      caller(),
      app('shop', ['a']),
      rule({ name: 'one' }),
      rule({ name: 'two', spec: 'trafficPolicy: { outlierDetection: {} }' }),
    )
    expect(ask(merged, 'http://shop/').destinationRule?.resource).toBe('DestinationRule shop/two')
  })
})
