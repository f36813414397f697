import { describe, expect, it } from 'vitest'
import { lanes } from '../io.ts'
import { app, deployment, destinationRule, SHOP, toSubset, virtualService } from '../manifests.ts'
import { tree } from '../tree.ts'

type Files = Readonly<Record<string, string>>

async function diff(before: Files, after: Files, ...args: string[]) {
  const cwd = tree({ ...folder('old', before), ...folder('new', after) })
  const { code, out, err } = await lanes(['diff', 'old', 'new', ...args], cwd)
  expect(err).toBe('')
  return { code, out }
}

function folder(name: string, files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([file, text]) => [`${name}/${file}`, text]))
}

/** The shop with other routes to pay. */
function withPay(...http: readonly string[]): Files {
  return {
    ...SHOP,
    'pay.yaml': [
      app('pay', ['main', 'blue', 'red']),
      destinationRule('pay', ['main', 'blue', 'red']),
      virtualService('pay', http),
    ].join('\n---'),
  }
}

const TO_MAIN = '[{ destination: { host: pay, subset: main } }]'
const TO_BLUE = '[{ destination: { host: pay, subset: blue } }]'

function blueWhen(match: string): Files {
  return withPay(`{ match: [{ ${match} }], route: ${TO_BLUE} }`, toSubset('pay', 'main'))
}

function split(main: number): Files {
  const destinations = [
    `{ destination: { host: pay, subset: main }, weight: ${main} }`,
    `{ destination: { host: pay, subset: blue }, weight: ${100 - main} }`,
  ]
  return withPay(`{ route: [${destinations.join()}] }`)
}

describe('lanes diff', () => {
  it('says which lanes change their destination, from whom, and by which route', async () => {
    const { code, out } = await diff(
      SHOP,
      withPay(toSubset('pay', 'red', 'red'), toSubset('pay', 'main')),
    )
    expect(code).toBe(0)
    expect(out).toMatchInlineSnapshot(`
      "pay.shop:80  GET /
        in lane blue, from in mesh (7 workloads)
        - pay-blue
            VirtualService shop/pay  old/pay.yaml:46:5
        + pay-main
            VirtualService shop/pay  new/pay.yaml:47:5

      1 change; 28 requests were asked for
      "
    `)
  })

  it('finds a change on a path that only one side knows', async () => {
    const plain = withPay(toSubset('pay', 'main'))
    const api = withPay(
      `{ match: [{ uri: { prefix: /api }, method: { exact: PUT } }], route: ${TO_BLUE} }`,
      toSubset('pay', 'main'),
    )
    const there = await diff(plain, api)
    expect(there.out).toMatchInlineSnapshot(`
      "pay.shop:80  PUT /api, PUT /api/x
        in every lane, from in mesh (7 workloads)
        - pay-main
            VirtualService shop/pay  old/pay.yaml:46:5
        + pay-blue
            VirtualService shop/pay  new/pay.yaml:46:5

      1 change; 25 requests were asked for
      "
    `)
    const back = await diff(api, plain)
    expect(back.out).toMatch(/- pay-blue\n.*\n {2}\+ pay-main\n/)
  })

  it('finds that an exact path became a prefix', async () => {
    const { out } = await diff(blueWhen('uri: { exact: /api }'), blueWhen('uri: { prefix: /api }'))
    expect(out).toContain('pay.shop:80  GET /api/x\n')
    expect(out).toMatch(/^1 change;/m)
  })

  it('tells apart what only a part of the requests gets', async () => {
    const { out } = await diff(split(90), split(50))
    expect(out).toContain('- pay-main 90 %, pay-blue 10 %\n')
    expect(out).toContain('+ pay-main 50 %, pay-blue 50 %\n')
  })

  it('names the callers for whom it changes', async () => {
    const { out } = await diff(
      blueWhen('sourceLabels: { app: cart }'),
      blueWhen('sourceLabels: { app: stock }'),
    )
    expect(out).toContain('from in mesh: shop/cart-main, shop/cart-blue, shop/cart-green\n')
    expect(out).toContain('from in mesh: shop/stock-main\n')
    expect(out).toMatch(/^2 changes;/m)
  })

  it('sees workloads and Services come and go', async () => {
    const { out } = await diff(
      { ...SHOP, 'stock.yaml': app('stock', ['main']) },
      {
        ...SHOP,
        'stock.yaml': app('stock', []),
        'new.yaml': app('new', ['main']),
        'pay.yaml': SHOP['pay.yaml']?.replace('name: pay-red', 'name: pay-red-2') ?? '',
      },
    )
    expect(out).toMatchInlineSnapshot(`
      "pay.shop:80  GET /
        in lane red, from in mesh (9 workloads)
        - pay-red
            VirtualService shop/pay  old/pay.yaml:47:5
        + pay-red-2
            VirtualService shop/pay  new/pay.yaml:47:5

      stock.shop:80  GET /
        in every lane, from in mesh (9 workloads)
        - stock-main
        + 503 UH

      new.shop:80  GET /
        in every lane, from in mesh (9 workloads)
        - out of the mesh
        + new-main

      pay.shop:80  GET /
        in every lane, from outside (no sidecar)
        - pay-blue or pay-main or pay-red
        + pay-blue or pay-main or pay-red-2

      stock.shop:80  GET /
        in every lane, from outside (no sidecar)
        - stock-main
        + no endpoints

      new.shop:80  GET /
        in every lane, from outside (no sidecar)
        - refused
        + new-main

      6 changes; 30 requests were asked for
      "
    `)
  })

  it('asks for a rewrite, a redirect, and lanes that no rule names', async () => {
    const { out } = await diff(
      withPay(toSubset('pay', 'main')),
      withPay(
        `{ match: [{ uri: { prefix: /a } }], rewrite: { uri: /b, authority: other }, route: ${TO_MAIN} }`,
        '{ match: [{ uri: { prefix: /old } }], redirect: { uri: /new } }',
        `{ match: [{ headers: { project-version: {} } }], route: ${TO_BLUE} }`,
        toSubset('pay', 'main'),
      ),
    )
    expect(out).toContain('+ pay-main as /b, Host other\n')
    expect(out).toContain('+ 301 to http://pay.shop:80/new\n')
    expect(out).toContain('  in lanes blue, green, main, red, in any other lane, from')
  })

  it('asks for lanes that only the old rules took in, whatever their name', async () => {
    const { out } = await diff(
      withPay(
        `{ match: [{ headers: { project-version: { prefix: team- } } }], route: ${TO_BLUE} }`,
        toSubset('pay', 'main'),
      ),
      withPay(toSubset('pay', 'red', 'red'), toSubset('pay', 'main')),
    )
    expect(out).toMatch(/in lane team-, from .*\n {2}- pay-blue\n.*\n {2}\+ pay-main\n/)
    expect(out).toMatch(/in lane red, from .*\n {2}- pay-main\n.*\n {2}\+ pay-red\n/)
  })

  it('asks each side with the labels that the caller has there', async () => {
    const rules = blueWhen('sourceLabels: { team: one }')
    const caller = (team: string): Files => ({
      ...rules,
      'caller.yaml': deployment('caller', { app: 'caller', team }),
    })
    const { out } = await diff(caller('one'), caller('two'))
    expect(out).toContain('from in mesh: shop/caller\n')
    expect(out).toMatch(/- pay-blue\n.*\n {2}\+ pay-main\n/)
  })

  it('calls it no change that a subset has another name, or that a caller is new', async () => {
    const renamed = withPay(toSubset('pay', 'one', 'red'), toSubset('pay', 'main'))
    const { out, code } = await diff(
      withPay(toSubset('pay', 'red', 'red'), toSubset('pay', 'main')),
      {
        ...renamed,
        'pay.yaml':
          renamed['pay.yaml']?.replace('{ name: red, labels', '{ name: one, labels') ?? '',
        'caller.yaml': deployment('walk-in', { app: 'walk-in' }),
      },
      '--exit-code',
    )
    expect(out).toMatch(/^no request changes its destination; \d+ were asked for\n$/)
    expect(code).toBe(0)
  })

  it('ends with 1 by --exit-code where something changes', async () => {
    const { code } = await diff(SHOP, withPay(toSubset('pay', 'main')), '--exit-code')
    expect(code).toBe(1)
  })

  it('prints a table for a merge request', async () => {
    const { out } = await diff(SHOP, withPay(toSubset('pay', 'main')), '--markdown')
    expect(out).toMatchInlineSnapshot(`
      "| request | lanes | from | before | after |
      | --- | --- | --- | --- | --- |
      | pay.shop:80  GET / | in lane blue | in mesh (7 workloads) | pay-blue | pay-main |
      | pay.shop:80  GET / | in lane red | in mesh (7 workloads) | pay-red | pay-main |

      2 changes; 28 requests were asked for
      "
    `)
  })

  it('prints JSON', async () => {
    const { out } = await diff(
      SHOP,
      withPay(toSubset('pay', 'main', 'x'), toSubset('pay', 'main')),
      '--json',
    )
    const printed: unknown = JSON.parse(out)
    expect(printed).toMatchObject({
      schemaVersion: 1,
      asked: expect.any(Number),
      changes: [
        {
          callers: {
            kind: 'sidecar',
            members: expect.arrayContaining(['deployment/shop/cart-main']),
          },
          target: 'pay.shop:80',
          requests: [{ method: 'GET', url: 'http://pay.shop:80/', host: null, headers: [] }],
          everyLane: false,
          lanes: ['blue'],
          withoutLane: false,
          anyOtherLane: false,
          before: {
            destinations: [{ share: 100, workloads: ['shop/pay-blue'] }],
            decidedBy: { resource: 'VirtualService shop/pay', file: 'old/pay.yaml', line: 46 },
          },
          after: { destinations: [{ workloads: ['shop/pay-main'] }] },
        },
        { lanes: ['red'] },
      ],
    })
  })

  it.each([
    [['diff', 'k8s'], "missing required argument 'new'"],
    [['diff', 'k8s', 'nowhere'], 'there is no file or folder nowhere'],
    [['diff', 'k8s', 'k8s', '--json', '--markdown'], "cannot be used with option '--markdown'"],
  ])('%j is exit code 2', async (args, message) => {
    const { code, err } = await lanes(args)
    expect(err).toContain(message)
    expect(code).toBe(2)
  })
})
