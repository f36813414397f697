import { describe, expect, it } from 'vitest'
import { formatPosition, loadManifests } from '../src/index.ts'
import type { Path, Resource } from '../src/index.ts'

const text = `# a comment
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
    - name: first
      match:
        - uri: { prefix: /a }
      route: &route
        - destination: { host: shop }
    - route: *route
`

function resource(): Resource {
  const { resources } = loadManifests([{ file: 'a.yaml', text }])
  const [only] = resources
  if (only === undefined) throw new Error('The manifest must hold one resource.')
  return only
}

describe('Resource.position', () => {
  it.each<[Path, string]>([
    [[], 'a.yaml:2:1'],
    [['kind'], 'a.yaml:3:7'],
    [['metadata'], 'a.yaml:5:3'],
    [['spec', 'hosts', 0], 'a.yaml:7:11'],
    [['spec', 'http'], 'a.yaml:9:5'],
    [['spec', 'http', 0], 'a.yaml:9:7'],
    [['spec', 'http', 0, 'match', 0, 'uri', 'prefix'], 'a.yaml:11:26'],
    [['spec', 'http', 1], 'a.yaml:14:7'],
  ])('of %j is %s', (path, position) => {
    expect(formatPosition(resource().position(path))).toBe(position)
  })

  it('of what does not exist is that of the nearest ancestor', () => {
    expect(formatPosition(resource().position(['spec', 'http', 7, 'route']))).toBe('a.yaml:9:5')
    expect(formatPosition(resource().position(['status', 'x']))).toBe('a.yaml:2:1')
  })

  it('of an alias is where it stands, and of what is in it where that is written', () => {
    expect(formatPosition(resource().position(['spec', 'http', 1, 'route']))).toBe('a.yaml:14:14')
    expect(
      formatPosition(resource().position(['spec', 'http', 1, 'route', 0, 'destination'])),
    ).toBe('a.yaml:13:24')
  })
})

describe('Resource.keyPosition', () => {
  it.each<[Path, string]>([
    [['spec', 'http'], 'a.yaml:8:3'],
    [['spec', 'http', 0, 'match'], 'a.yaml:10:7'],
    [['spec', 'http', 0], 'a.yaml:9:7'],
  ])('of %j is %s', (path, position) => {
    expect(formatPosition(resource().keyPosition(path))).toBe(position)
  })
})
