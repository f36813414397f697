import { app, caller, subsets, virtualService } from '../world.ts'
import { yaml } from './fault.ts'
import type { Fault } from './fault.ts'

const base = [caller(), app('shop', ['release', 'v1']), subsets('shop', ['release', 'v1'])]
const lane = (match: string, to: string, more = '') =>
  `{ name: ${to}, match: [{ headers: { project-version: { ${match} } } }], route: [{ destination: { host: shop, subset: ${to} } }]${more} }`
const baseline = (more = '') =>
  `{ name: baseline, route: [{ destination: { host: shop, subset: release } }]${more} }`

/** A rule for the host `shop`, first in its file so that its lines are easy to count. */
const rules = (http: readonly string[], options: Parameters<typeof virtualService>[1] = {}) =>
  virtualService(http, options)

/** Faults of how requests find their lane. */
export const laneFaults: readonly Fault[] = [
  {
    code: 'TL001',
    title: 'a route that matches a placeholder',
    broken: yaml(rules([lane("exact: '-'", 'v1'), baseline()]), ...base),
    cured: yaml(rules([lane('exact: v1', 'v1'), baseline()]), ...base),
    at: "'-' } } }",
    shown: false,
  },
  {
    code: 'TL004',
    title: 'lanes without a baseline',
    broken: yaml(rules([lane('exact: v1', 'v1')]), ...base),
    cured: yaml(rules([lane('exact: v1', 'v1'), baseline()]), ...base),
    at: 'http:',
    shown: true,
  },
  {
    code: 'TL005',
    title: 'a baseline without a subset',
    broken: yaml(
      rules([lane('exact: v1', 'v1'), '{ route: [{ destination: { host: shop } }] }']),
      ...base,
    ),
    cured: yaml(rules([lane('exact: v1', 'v1'), baseline()]), ...base),
    at: '{ host: shop } }] }',
    shown: true,
  },
  {
    code: 'TL006',
    title: 'lanes that hold at the gateway only',
    broken: yaml(
      rules([lane('exact: v1', 'v1'), baseline()], {
        hosts: '[shop.example.com]',
        spec: 'gateways: [edge]',
      }),
      ...base,
    ),
    cured: yaml(
      rules([lane('exact: v1', 'v1'), baseline()], {
        hosts: '[shop.example.com, shop]',
        spec: 'gateways: [edge, mesh]',
      }),
      ...base,
    ),
    at: '[edge]',
    shown: true,
  },
  {
    code: 'TL007',
    title: 'a second rule for a host',
    broken: yaml(
      rules([baseline()], { name: 'a' }),
      rules([lane('exact: v1', 'v1'), baseline()], { name: 'b' }),
      ...base,
    ),
    cured: yaml(rules([lane('exact: v1', 'v1'), baseline()], { name: 'a' }), ...base),
    at: 'shop]',
    shown: true,
  },
  {
    code: 'TL008',
    title: 'a host that is neither short nor complete',
    broken: yaml(rules([lane('exact: v1', 'v1'), baseline()], { hosts: '[shop.shop]' }), ...base),
    cured: yaml(
      rules([lane('exact: v1', 'v1'), baseline()], { hosts: '[shop.shop.svc.cluster.local]' }),
      ...base,
    ),
    at: 'shop.shop',
    shown: false,
  },
  {
    code: 'TL010',
    title: 'a prefix that takes another lane too',
    broken: yaml(
      rules([lane('prefix: v1', 'v1'), baseline()]),
      caller(),
      app('shop', ['release', 'v1', 'v10']),
      subsets('shop', ['release', 'v1']),
    ),
    cured: yaml(
      rules([lane('exact: v1', 'v1'), baseline()]),
      caller(),
      app('shop', ['release', 'v1', 'v10']),
      subsets('shop', ['release', 'v1']),
    ),
    at: 'v1 } } }',
    shown: true,
  },
  {
    code: 'TL011',
    title: 'a lane without its baseline’s rewrite',
    broken: yaml(
      rules([lane('exact: v1', 'v1'), baseline(', rewrite: { uri: /new }, timeout: 3s')]),
      ...base,
    ),
    cured: yaml(
      rules([
        lane('exact: v1', 'v1', ', rewrite: { uri: /new }, timeout: 9s'),
        baseline(', rewrite: { uri: /new }, timeout: 3s'),
      ]),
      ...base,
    ),
    at: '{ name: v1',
    shown: true,
  },
  {
    code: 'TL021',
    title: 'two versions that fold into one name',
    broken: yaml(app('shop', ['release', 'v1.2', 'v1-2'])),
    cured: yaml(app('shop', ['release', 'v1.2', 'v1-3'])),
    at: 'v1-2',
    shown: false,
  },
  {
    code: 'TL025',
    title: 'an exact lane behind a prefix',
    broken: yaml(
      rules([lane('prefix: v', 'release'), lane('exact: v1', 'v1'), baseline()]),
      ...base,
    ),
    cured: yaml(
      rules([lane('exact: v1', 'v1'), lane('prefix: v', 'release'), baseline()]),
      ...base,
    ),
    at: '{ headers: { project-version: { exact: v1',
    shown: true,
  },
  {
    code: 'TL034',
    title: 'a lane that is added to the one that is there',
    broken: yaml(
      rules([
        lane('exact: v1', 'v1'),
        baseline(', headers: { request: { add: { project-version: v1 } } }'),
      ]),
      ...base,
    ),
    cured: yaml(
      rules([
        lane('exact: v1', 'v1'),
        baseline(', headers: { request: { set: { project-version: v1 } } }'),
      ]),
      ...base,
    ),
    at: 'project-version: v1 } } }',
    shown: false,
  },
  {
    code: 'TL040',
    title: 'a lane that the SDK does not carry',
    broken: yaml(rules([lane("exact: 'release v1'", 'v1'), baseline()]), ...base),
    cured: yaml(rules([lane('exact: release-v1', 'v1'), baseline()]), ...base),
    at: "'release v1'",
    shown: false,
  },
  {
    code: 'IST0101',
    title: 'a route to a subset that no DestinationRule has',
    broken: yaml(rules([lane('exact: v2', 'v2'), baseline()]), ...base),
    cured: yaml(rules([lane('exact: v1', 'v1'), baseline()]), ...base),
    at: 'v2 } }] }',
    shown: true,
  },
]
