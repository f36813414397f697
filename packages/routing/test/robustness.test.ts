import { describe, expect, it } from 'vitest'
import { buildMesh, compile, decide, loadManifests, proxies } from '../src/index.ts'
import { seed } from './fuzz-seed.ts'

describe('requests that nobody should send', () => {
  const { resources } = loadManifests([{ file: 'mesh.yaml', text: seed.join('\n---\n') }])
  const mesh = buildMesh(resources)
  const configs = proxies(mesh).map((proxy) => compile(mesh, proxy))

  it.each([
    '',
    '/',
    '*',
    '?',
    'http://',
    'http:///',
    'http://?',
    'http://[::1',
    'http://shop:99999999/',
    'http://shop:/',
    'http://@/',
    'shop:80',
    '//shop/',
    'http://shop/%zz?%&==&&=',
    '/..',
    '/\\',
    `/${'a/../'.repeat(10_000)}`,
    'http://\u0000/',
    '__proto__',
  ])('are decided all the same: %j', (url) => {
    for (const config of configs) {
      for (const headers of [[], [['Host', '']], [['host', '__proto__:1:2']]] as const) {
        const decision = decide(config, { method: '', url, headers, destination: { port: 80 } })
        expect(decision.proxy).toBe(config.proxy.id)
      }
    }
  })
})
