import { app, caller, subsets } from '../world.ts'
import { yaml } from './fault.ts'
import type { Fault } from './fault.ts'
import { baseline, lane, rules, shop } from './shop.ts'

/** Faults of how requests find their lane. */
export const laneFaults: readonly Fault[] = [
  {
    code: 'TL001',
    title: 'a route that matches a word for none',
    broken: yaml(rules([lane("exact: '-'", 'v1'), baseline()]), ...shop),
    cured: yaml(rules([lane('exact: v1', 'v1'), baseline()]), ...shop),
    at: "'-' } } }",
    shown: true,
  },
  {
    code: 'TL004',
    title: 'lanes without a baseline',
    broken: yaml(rules([lane('exact: v1', 'v1')]), ...shop),
    cured: yaml(rules([lane('exact: v1', 'v1'), baseline()]), ...shop),
    at: 'http:',
    shown: true,
  },
  {
    code: 'TL005',
    title: 'a baseline without a subset',
    broken: yaml(
      rules([lane('exact: v1', 'v1'), '{ route: [{ destination: { host: shop } }] }']),
      ...shop,
    ),
    cured: yaml(rules([lane('exact: v1', 'v1'), baseline()]), ...shop),
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
      ...shop,
    ),
    cured: yaml(
      rules([lane('exact: v1', 'v1'), baseline()], {
        hosts: '[shop.example.com, shop]',
        spec: 'gateways: [edge, mesh]',
      }),
      ...shop,
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
      ...shop,
    ),
    cured: yaml(rules([lane('exact: v1', 'v1'), baseline()], { name: 'a' }), ...shop),
    at: 'shop]',
    shown: true,
  },
  {
    code: 'TL008',
    title: 'a host that is neither short nor complete',
    broken: yaml(rules([lane('exact: v1', 'v1'), baseline()], { hosts: '[shop.shop]' }), ...shop),
    cured: yaml(
      rules([lane('exact: v1', 'v1'), baseline()], { hosts: '[shop.shop.svc.cluster.local]' }),
      ...shop,
    ),
    at: 'shop.shop',
    shown: true,
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
      ...shop,
    ),
    cured: yaml(
      rules([
        lane('exact: v1', 'v1', ', rewrite: { uri: /new }, timeout: 9s'),
        baseline(', rewrite: { uri: /new }, timeout: 3s'),
      ]),
      ...shop,
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
      ...shop,
    ),
    cured: yaml(
      rules([lane('exact: v1', 'v1'), lane('prefix: v', 'release'), baseline()]),
      ...shop,
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
      ...shop,
    ),
    cured: yaml(
      rules([
        lane('exact: v1', 'v1'),
        baseline(', headers: { request: { set: { project-version: v1 } } }'),
      ]),
      ...shop,
    ),
    at: 'v1 } } }',
    shown: true,
  },
  {
    code: 'TL040',
    title: 'a lane that the SDK does not carry',
    broken: yaml(rules([lane("exact: 'release v1'", 'v1'), baseline()]), ...shop),
    cured: yaml(rules([lane('exact: release-v1', 'v1'), baseline()]), ...shop),
    at: "'release v1'",
    shown: true,
  },
  {
    code: 'IST0101',
    title: 'a route to a subset that no DestinationRule has',
    broken: yaml(rules([lane('exact: v2', 'v2'), baseline()]), ...shop),
    cured: yaml(rules([lane('exact: v1', 'v1'), baseline()]), ...shop),
    at: 'v2 } }] }',
    shown: true,
  },
]
