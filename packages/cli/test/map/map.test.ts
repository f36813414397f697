import { describe, expect, it } from 'vitest'
import { lanes } from '../io.ts'
import { app, deployment, destinationRule, SHOP, toSubset, virtualService } from '../manifests.ts'
import { tree } from '../tree.ts'

async function map(files: Readonly<Record<string, string>>, ...args: string[]) {
  const { code, out, err } = await lanes(['map', '-f', '.', ...args], tree(files))
  expect(err).toBe('')
  expect(code).toBe(0)
  return out
}

const TWO = '[{ destination: { host: pay, subset: two } }]'
const inLane = (lane: string): string =>
  `match: [{ headers: { project-version: { exact: ${lane} } } }]`

function database(version: string): string {
  return app(`db-${version}`, [version]).replace('name: http', 'name: tcp-db')
}

describe('lanes map', () => {
  it('shows lanes by services, from each caller', async () => {
    const out = await map(SHOP)
    expect(out).toMatchInlineSnapshot(`
      "in mesh (7 workloads)
               cart:80  pay:80  cart.example.com:80
      no lane  · main   · main  · cart@main
      blue     ● blue   ● blue  ● cart@blue
      green    ● green  · main  ● cart@green
      red      · main   ● red   · cart@main
      in every lane the same: stock:80 · main

      gateway shop/door
               cart.example.com:80
      no lane  · cart@main
      blue     ● cart@blue
      green    ● cart@green

      outside (no sidecar)
      in every lane: cart:80 ? any of 3, pay:80 ? any of 3, stock:80 · main

      ● own version   · baseline   ? any version
      a lane that is not listed goes as no lane
      "
    `)
  })

  it('shows one lane with what decides', async () => {
    const out = await map(SHOP, '--lane', 'red')
    expect(out).toMatchInlineSnapshot(`
      "in mesh (7 workloads)
      cart:80              · main
          VirtualService shop/cart  cart.yaml:48:5
      pay:80               ● red
          VirtualService shop/pay  pay.yaml:47:5
      stock:80             · main
      cart.example.com:80  · cart@main
          VirtualService shop/cart  cart.yaml:48:5

      gateway shop/door
      cart.example.com:80  · cart@main
          VirtualService shop/cart  cart.yaml:48:5

      outside (no sidecar)
      cart:80   ? any of 3
      pay:80    ? any of 3
      stock:80  · main

      ● own version   · baseline   ? any version
      "
    `)
  })

  it('prints tables for a merge request', async () => {
    const out = await map(SHOP, '--markdown')
    expect(out).toMatchInlineSnapshot(`
      "#### in mesh (7 workloads)

      | lane | cart:80 | pay:80 | cart.example.com:80 |
      | --- | --- | --- | --- |
      | no lane | · main | · main | · cart@main |
      | blue | ● blue | ● blue | ● cart@blue |
      | green | ● green | · main | ● cart@green |
      | red | · main | ● red | · cart@main |

      The same in every lane:

      | target | version |
      | --- | --- |
      | stock:80 | · main |

      #### gateway shop/door

      | lane | cart.example.com:80 |
      | --- | --- |
      | no lane | · cart@main |
      | blue | ● cart@blue |
      | green | ● cart@green |

      #### outside (no sidecar)

      The same in every lane:

      | target | version |
      | --- | --- |
      | cart:80 | ? any of 3 |
      | pay:80 | ? any of 3 |
      | stock:80 | · main |

      ● own version, · baseline, ? any version; a lane that is not listed goes as no lane
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
                      "shop/pay-one",
                    ],
                  },
                ],
                "headers": [],
                "host": null,
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
                      "shop/pay-one",
                    ],
                  },
                ],
                "headers": [],
                "host": null,
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
      toSubset('pay', 'gone', 'gone'),
      `{ ${inLane('two')}, route: [{ destination: { host: pay, subset: one }, weight: 90 }, { destination: { host: pay, subset: two }, weight: 10 }, { destination: { host: cart }, weight: 0 }] }`,
      toSubset('pay', 'two', 'alias'),
      `{ ${inLane('moved')}, redirect: { uri: /new } }`,
      `{ ${inLane('other')}, route: [{ destination: { host: cart } }] }`,
      toSubset('pay', 'one'),
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
      in every lane the same: cart:80 · one

      · baseline   ✗ error   → another version
      a lane that is not listed goes as no lane
      "
    `)
  })

  it('names callers only where they differ', async () => {
    const rules = [
      `{ match: [{ sourceLabels: { app: cart } }], route: ${TWO} }`,
      toSubset('pay', 'one'),
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
      in every lane: cart:80 ? one or two, pay:80 · one

      in mesh: shop/cart-one, shop/cart-two
      in every lane: cart:80 ? one or two, pay:80 · two

      outside (no sidecar)
      in every lane: cart:80 ? one or two, pay:80 ? one or two

      · baseline   ? any version
      "
    `)
  })

  it('takes paths apart that go different ways, also those of regular expressions', async () => {
    const rules = [
      `{ match: [{ uri: { regex: '/v\\d+/(cart|list)' } }], route: ${TWO} }`,
      `{ match: [{ uri: { prefix: /api }, method: { exact: POST } }], route: ${TWO} }`,
      toSubset('pay', 'one'),
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

  it('shows how connections are split that carry no HTTP', async () => {
    const rule = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: db, namespace: shop }
spec:
  hosts: [db-one]
  tcp: [{ route: [{ destination: { host: db-one }, weight: 75 }, { destination: { host: db-two }, weight: 25 }] }]`
    const files = { 'a.yaml': database('one'), 'b.yaml': database('two'), 'c.yaml': rule }
    const out = await map(files, '--from', 'deployment/shop/db-two-two')
    expect(out).toContain('in every lane: db-one:80 · one 75 %, db-two@two 25 %, db-two:80 · two\n')
  })

  it('asks for the hosts that routes ask for, and for the lanes that they set', async () => {
    const rules = [
      `{ match: [{ authority: { regex: '(?i)two\\.example\\.com(:\\d+)?' } }], headers: { request: { set: { Project-Version: three } } }, route: ${TWO} }`,
      toSubset('pay', 'one', 'one'),
      toSubset('pay', 'two'),
    ]
    const out = await map(
      {
        'a.yaml': app('pay', ['one', 'two']),
        'b.yaml': destinationRule('pay', ['one', 'two']),
        'c.yaml': virtualService('pay', rules, { hosts: "['*.example.com']", gateways: '[door]' }),
        'd.yaml': SHOP['door.yaml'] ?? '',
      },
      '--from',
      'gateway/shop/door',
    )
    expect(out).toMatchInlineSnapshot(`
      "gateway shop/door
               *.example.com:80
      no lane  · pay@two
      one      ● pay@one
      in every lane the same: *.example.com:80 Host: two.example.com · pay@two

      ● own version   · baseline
      a lane that is not listed goes as no lane
      "
    `)
  })

  it('stays within 80 columns with 40 Services and 30 lanes', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `service-number-${index}`)
    const versions = Array.from({ length: 30 }, (_, index) => `feature-${index}`)
    const files = names.flatMap((name, index) => {
      const own = ['main', ...versions.slice(index, index + 2)]
      return [
        app(name, own),
        destinationRule(name, own),
        virtualService(name, [
          ...own.slice(1).map((lane) => toSubset(name, lane, lane)),
          toSubset(name, 'main'),
        ]),
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
