import { describe, expect, it } from 'vitest'
import { lanes } from '../io.ts'
import { app, deployment, destinationRule, virtualService } from '../manifests.ts'
import { tree } from '../tree.ts'

async function map(files: Readonly<Record<string, string>>, ...args: string[]) {
  const { code, out, err } = await lanes(['map', '-f', '.', ...args], tree(files))
  expect(err).toBe('')
  expect(code).toBe(0)
  return out
}

const toSubset = (subset: string): string =>
  `route: [{ destination: { host: pay, subset: ${subset} } }]`
const inLane = (lane: string): string =>
  `match: [{ headers: { project-version: { exact: ${lane} } } }]`

describe('lanes map', () => {
  it('shows lanes by services, from each caller', async () => {
    const { out } = await lanes(['map'])
    expect(out).toMatchInlineSnapshot(`
      "in mesh (6 workloads)
                  testaaa:31000  testbbb:32000  testaaa.example.com:31000
      no lane     · release      · release      · testaaa@release
      release-v1  ● release-v1   ● release-v1   ● testaaa@release-v1
      release-v2  ● release-v2   · release      ● testaaa@release-v2
      release-v3  · release      ● release-v3   · testaaa@release
      as no lane: release

      gateway test-istio/gateway
                  *:80                  testaaa.example.com:80
      no lane     · testaaa@release     · testaaa@release
      release-v1  ● testaaa@release-v1  ● testaaa@release-v1
      release-v2  ● testaaa@release-v2  ● testaaa@release-v2
      as no lane: release, release-v3

      outside (no sidecar)
      in every lane: testaaa:31000 ? any of 3, testbbb:32000 ? any of 3

      ● own version   · baseline   ? any version
      "
    `)
  })

  it('shows one lane with what decides', async () => {
    const { out } = await lanes([
      'map',
      '--lane',
      'release-v3',
      '--from',
      'gateway/test-istio/gateway',
    ])
    expect(out).toMatchInlineSnapshot(`
      "gateway test-istio/gateway
      *:80                    · testaaa@release
          VirtualService test-istio/entry  k8s/istio/entry-virtual-service.yaml:37:7
      testaaa.example.com:80  · testaaa@release
          VirtualService test-istio/testaaa  k8s/istio/testaaa-virtual-service.yaml:38:7

      · baseline
      "
    `)
  })

  it('prints tables for a merge request', async () => {
    const { out } = await lanes(['map', '--markdown'])
    expect(out).toMatchInlineSnapshot(`
      "#### in mesh (6 workloads)

      | lane | testaaa:31000 | testbbb:32000 | testaaa.example.com:31000 |
      | --- | --- | --- | --- |
      | no lane | · release | · release | · testaaa@release |
      | release-v1 | ● release-v1 | ● release-v1 | ● testaaa@release-v1 |
      | release-v2 | ● release-v2 | · release | ● testaaa@release-v2 |
      | release-v3 | · release | ● release-v3 | · testaaa@release |

      As no lane: release

      #### gateway test-istio/gateway

      | lane | \\*:80 | testaaa.example.com:80 |
      | --- | --- | --- |
      | no lane | · testaaa@release | · testaaa@release |
      | release-v1 | ● testaaa@release-v1 | ● testaaa@release-v1 |
      | release-v2 | ● testaaa@release-v2 | ● testaaa@release-v2 |

      As no lane: release, release-v3

      #### outside (no sidecar)

      The same in every lane:

      | target | version |
      | --- | --- |
      | testaaa:31000 | ? any of 3 |
      | testbbb:32000 | ? any of 3 |

      ● own version, · baseline, ? any version
      "
    `)
  })

  it('prints a row for each caller, target and lane as JSON', async () => {
    const out = await map({ 'pay.yaml': app('pay', ['one']) }, '--json', '--from', 'outside')
    expect(JSON.parse(out)).toMatchInlineSnapshot(`
      {
        "callers": [
          {
            "kind": "outside",
            "members": [],
            "rows": [
              {
                "decidedBy": null,
                "destinations": [
                  {
                    "cluster": null,
                    "detail": null,
                    "flags": [],
                    "kind": "passthrough",
                    "location": null,
                    "rewrite": null,
                    "share": 100,
                    "status": null,
                    "subset": null,
                    "versions": [
                      "one",
                    ],
                    "workloads": [
                      "pay-one",
                    ],
                  },
                ],
                "headers": [],
                "lane": null,
                "mark": "baseline",
                "method": "GET",
                "target": "pay.shop:80",
                "text": "one",
                "url": "http://pay.shop:80/",
              },
              {
                "decidedBy": null,
                "destinations": [
                  {
                    "cluster": null,
                    "detail": null,
                    "flags": [],
                    "kind": "passthrough",
                    "location": null,
                    "rewrite": null,
                    "share": 100,
                    "status": null,
                    "subset": null,
                    "versions": [
                      "one",
                    ],
                    "workloads": [
                      "pay-one",
                    ],
                  },
                ],
                "headers": [],
                "lane": "one",
                "mark": "baseline",
                "method": "GET",
                "target": "pay.shop:80",
                "text": "one",
                "url": "http://pay.shop:80/",
              },
            ],
          },
        ],
        "header": "project-version",
        "lanes": [
          "one",
        ],
        "schemaVersion": 1,
      }
    `)
  })

  it('marks errors, splits, other versions and other Services', async () => {
    const rules = [
      `{ ${inLane('gone')}, ${toSubset('gone')} }`,
      `{ ${inLane('two')}, route: [{ destination: { host: pay, subset: one }, weight: 90 }, { destination: { host: pay, subset: two }, weight: 10 }] }`,
      `{ ${inLane('alias')}, ${toSubset('two')} }`,
      `{ ${inLane('moved')}, redirect: { uri: /new } }`,
      `{ ${inLane('other')}, route: [{ destination: { host: cart } }] }`,
      `{ ${toSubset('one')} }`,
    ]
    const out = await map(
      {
        'a.yaml': app('pay', ['one', 'two']),
        'b.yaml': app('cart', ['one']),
        'c.yaml': destinationRule('pay', ['one', 'two']),
        'd.yaml': virtualService('pay', rules),
      },
      '--from',
      'deployment/shop/cart-one',
    )
    expect(out).toMatchInlineSnapshot(`
      "in mesh: shop/cart-one
               pay:80
      no lane  · one
      alias    → two
      gone     ✗ 503 NC
      moved    → 301 to http://pay.shop:80/new
      other    → cart@one
      two      → one 90 %, two 10 %
      as no lane: one
      in every lane the same: cart:80 · one

      · baseline   ✗ error   → another version
      "
    `)
  })

  it('names callers only where they differ', async () => {
    const rules = [
      `{ match: [{ sourceLabels: { app: cart } }], ${toSubset('two')} }`,
      `{ ${toSubset('one')} }`,
    ]
    const out = await map({
      'a.yaml': app('pay', ['one', 'two']),
      'b.yaml': app('cart', ['one', 'two']),
      'c.yaml': destinationRule('pay', ['one', 'two']),
      'd.yaml': virtualService('pay', rules),
      'e.yaml': deployment('walk-in', { app: 'walk-in' }, 'elsewhere'),
    })
    expect(out).toMatchInlineSnapshot(`
      "in mesh: shop/pay-one, shop/pay-two, elsewhere/walk-in
      in every lane: pay:80 · one, cart:80 ? one or two

      in mesh: shop/cart-one, shop/cart-two
      in every lane: pay:80 · two, cart:80 ? one or two

      outside (no sidecar)
      in every lane: pay:80 ? one or two, cart:80 ? one or two

      · baseline   ? any version
      "
    `)
  })

  it('takes paths apart that go different ways, also those of regular expressions', async () => {
    const rules = [
      `{ match: [{ uri: { regex: '/v\\d+/(cart|list)' } }], ${toSubset('two')} }`,
      `{ match: [{ uri: { prefix: /api }, method: { exact: POST } }], ${toSubset('two')} }`,
      `{ ${toSubset('one')} }`,
    ]
    const out = await map(
      {
        'a.yaml': app('pay', ['one', 'two']),
        'c.yaml': destinationRule('pay', ['one', 'two']),
        'd.yaml': virtualService('pay', rules),
      },
      '--from',
      'deployment/shop/pay-one',
    )
    expect(out).toMatchInlineSnapshot(`
      "in mesh: shop/pay-one
      in every lane: pay:80 · one, pay:80 /v0/cart and 2 more · two

      · baseline
      "
    `)
  })

  it('stays within 80 columns with 40 Services and 30 lanes', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `service-number-${index}`)
    const versions = Array.from({ length: 30 }, (_, index) => `feature-${index}`)
    const files = names.flatMap((name, index) => {
      const own = ['main', ...versions.slice(index, index + 2)]
      const to = (subset: string): string =>
        `route: [{ destination: { host: ${name}, subset: ${subset} } }]`
      const rules = own.slice(1).map((lane) => `{ ${inLane(lane)}, ${to(lane)} }`)
      return [
        app(name, own),
        destinationRule(name, own),
        virtualService(name, [...rules, `{ ${to('main')} }`]),
      ]
    })
    const out = await map({ 'all.yaml': files.join('\n---\n') })
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
    expect(out).toContain('service-number-39:80')
    expect(out.split('\n').length).toBeLessThan(1000)
  })

  it.each([
    [['--json', '--markdown'], 'say --json or --markdown, not both'],
    [['--from', 'pod/a/b'], "--from: `pod/a/b` is none of the manifests' proxies"],
  ])('%j is exit code 2', async (args, message) => {
    const { code, out, err } = await lanes(['map', ...args])
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(err).toContain(message)
  })
})
