import { describe, expect, it } from 'vitest'
import { decide } from '../src/index.ts'
import type { ProxyConfig } from '../src/index.ts'
import { caller, configOf, istio, meshOf } from './world.ts'

/** Each of `count` numbers from 0. */
function each<T>(count: number, make: (n: number) => T): T[] {
  return Array.from({ length: count }, (_, n) => make(n))
}

function entry(name: string, hosts: readonly string[]): string {
  const ports = '[{ number: 443, name: tls, protocol: TLS }]'
  return istio(
    'ServiceEntry',
    name,
    `{ hosts: [${hosts.join(', ')}], ports: ${ports}, resolution: DNS }`,
  )
}

/** The cluster that a connection goes to which names the host in its handshake. */
function dial(config: ProxyConfig, host: string): string | null {
  const request = {
    method: 'GET',
    url: `https://${host}/`,
    headers: [],
    destination: { port: 443 },
  }
  const { outcome } = decide(config, request)
  return outcome.kind === 'tcp' ? outcome.cluster : null
}

describe('of 12,000 hosts on one TLS port', () => {
  const hosts = each(48, (n) => each(250, (m) => `h${m}.n${n}.example.com`))
  const mesh = meshOf(
    caller(),
    ...hosts.map((some, n) => entry(`some-${n}`, some)),
    entry('again', ['h7.n7.example.com', 'new.example.com']),
    istio(
      'VirtualService',
      'one',
      `{ hosts: [h5.n5.example.com], tls: [{ match: [{ sniHosts: [h5.n5.example.com] }], route: [{ destination: { host: h0.n0.example.com } }] }] }`,
    ),
    istio(
      'VirtualService',
      'some',
      `{ hosts: ['*.n3.example.com'], tls: [{ match: [{ sniHosts: ['*.n3.example.com'] }], route: [{ destination: { host: h1.n1.example.com } }] }] }`,
    ),
  )

  const config = configOf(mesh, 'deployment/shop/caller')

  it('each has a filter chain, and a host that comes again has none besides', () => {
    const chains = config.listeners.get(443)?.any?.chains ?? []
    const names = chains.flatMap(({ match }) => match.serverNames)
    const wildcard = '*.n3.example.com'
    const replaced = hosts.flat().filter((host) => host.endsWith(wildcard.slice(1)))
    expect(replaced.length).toBeGreaterThan(1)
    const wanted = hosts.flat().filter((host) => !replaced.includes(host))
    expect(names.toSorted()).toEqual([...wanted, wildcard, 'new.example.com'].toSorted())
  })

  it('the handshake finds its own, and the VirtualService that names it', () => {
    expect(dial(config, 'h249.n47.example.com')).toBe('outbound|443||h249.n47.example.com')
    expect(dial(config, 'h7.n7.example.com')).toBe('outbound|443||h7.n7.example.com')
    expect(dial(config, 'h5.n5.example.com')).toBe('outbound|443||h0.n0.example.com')
    expect(dial(config, 'h4.n3.example.com')).toBe('outbound|443||h1.n1.example.com')
  })
})
