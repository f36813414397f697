import { describe, expect, it } from 'vitest'
import { app, ask, caller, istio, meshOf, subsets, target, virtualService } from './world.ts'

const sidecar = (spec: string, namespace = 'shop', name = 'default') =>
  istio('Sidecar', name, spec, namespace)

const world = (...more: readonly string[]) =>
  meshOf(
    caller(),
    app('shop', ['a']),
    app('books', ['a'], { namespace: 'library' }),
    app('films', ['a'], { namespace: 'cinema' }),
    ...more,
  )

const only = (namespace: string) => `egress: [{ hosts: ["${namespace}/*"] }]`

const books = 'http://books.library/'
const films = 'http://films.cinema/'

describe('the egress hosts of a Sidecar', () => {
  it.each([
    ['["library/*"]', 'outbound|80||books.library.svc.cluster.local', 'passthrough'],
    [
      '["*/films.cinema.svc.cluster.local"]',
      'passthrough',
      'outbound|80||films.cinema.svc.cluster.local',
    ],
    ['["*/*", "~cinema/*"]', 'outbound|80||books.library.svc.cluster.local', 'passthrough'],
  ])('%s are all that its workloads know', (hosts, toBooks, toFilms) => {
    const mesh = world(sidecar(`{ egress: [{ hosts: ${hosts} }] }`))
    expect(target(ask(mesh, books))).toBe(toBooks)
    expect(target(ask(mesh, films))).toBe(toFilms)
  })

  it('choose rules too, and what these send to has clusters', () => {
    const mesh = world(
      sidecar('{ egress: [{ hosts: ["./*"] }] }'),
      virtualService(['{ route: [{ destination: { host: books.library.svc.cluster.local } }] }']),
      virtualService(['{ route: [{ destination: { host: shop } }] }'], {
        namespace: 'library',
        name: 'elsewhere',
        hosts: '[shop.shop.svc.cluster.local]',
        metadata: 'creationTimestamp: "2019-01-01T00:00:00Z"',
      }),
    )
    expect(target(ask(mesh, 'http://shop/'))).toBe('outbound|80||books.library.svc.cluster.local')
  })
})

describe('the Sidecar of a workload', () => {
  it('is the one whose selector fits before the one without', () => {
    const mesh = world(
      sidecar(`{ ${only('library')} }`),
      sidecar(
        `{ workloadSelector: { labels: { app: caller } }, ${only('cinema')} }`,
        'shop',
        'own',
      ),
      sidecar(`{ workloadSelector: { labels: { app: x } }, ${only('library')} }`, 'shop', 'a'),
    )
    expect(target(ask(mesh, films))).toContain('films')
    expect(target(ask(mesh, books))).toBe('passthrough')
  })

  it('is the root namespace’s where its own has none', () => {
    const mesh = world(sidecar(`{ ${only('library')} }`, 'istio-system'))
    expect(target(ask(mesh, films))).toBe('passthrough')
    const own = world(
      sidecar(`{ ${only('library')} }`, 'istio-system'),
      sidecar(`{ ${only('cinema')} }`),
    )
    expect(target(ask(own, films))).toContain('films')
  })

  it('says what becomes of what it does not know', () => {
    const mesh = world(
      sidecar('{ egress: [{ hosts: ["./*"] }], outboundTrafficPolicy: { mode: REGISTRY_ONLY } }'),
    )
    expect(target(ask(mesh, books))).toBe('502')
    expect(ask(mesh, 'http://books.library:81/').outcome).toMatchObject({
      kind: 'reset',
      cluster: 'BlackHoleCluster',
    })
  })
})

describe('an egress entry with a port', () => {
  it('serves its hosts there, and keeps the others from it', () => {
    const mesh = world(
      sidecar(
        '{ egress: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["library/*"] }, { hosts: ["*/*"] }] }',
      ),
    )
    expect(target(ask(mesh, books))).toContain('books')
    expect(target(ask(mesh, films))).toBe('passthrough')
  })

  it('may have the proxy listen at an address of its own', () => {
    const mesh = world(
      sidecar(
        '{ egress: [{ port: { number: 80, name: http, protocol: HTTP }, bind: 127.0.0.1, captureMode: NONE, hosts: ["library/*"] }] }',
      ),
    )
    const decision = ask(mesh, books, { address: '127.0.0.1' })
    expect(decision.listener).toBe('127.0.0.1_80')
    expect(target(decision)).toContain('books')
  })
})

describe('a rule for a host of several Services', () => {
  it('is the most specific that the Sidecar lets in', () => {
    const mesh = meshOf(
      caller(),
      app('shop', ['a', 'b']),
      subsets('shop', ['a', 'b']),
      virtualService(['{ route: [{ destination: { host: shop, subset: a } }] }'], {
        hosts: '["*.shop.svc.cluster.local"]',
        name: 'a-wildcard',
      }),
      virtualService(['{ route: [{ destination: { host: shop, subset: b } }] }']),
    )
    expect(target(ask(mesh, 'http://shop/'))).toContain('|b|')
  })
})
