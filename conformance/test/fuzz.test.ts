import { describe, expect, it } from 'vitest'
import { shrink } from '../src/fuzz/shrink.ts'
import { makeWorld } from '../src/fuzz/world.ts'
import type { World } from '../src/fuzz/world.ts'

describe('a random world', () => {
  it('is the same for the same seed and another for the next', () => {
    expect(makeWorld(7)).toEqual(makeWorld(7))
    expect(makeWorld(7)).not.toEqual(makeWorld(8))
  })

  it('holds, over some hundred seeds, every kind of object that routes', () => {
    const kinds = new Set<string>()
    for (let seed = 0; seed < 200; seed += 1)
      for (const { kind } of makeWorld(seed).manifests) kinds.add(kind)
    expect([...kinds].toSorted()).toEqual([
      'Deployment',
      'DestinationRule',
      'EndpointSlice',
      'GRPCRoute',
      'Gateway',
      'HTTPRoute',
      'Namespace',
      'PeerAuthentication',
      'Pod',
      'ReferenceGrant',
      'Service',
      'ServiceEntry',
      'Sidecar',
      'StatefulSet',
      'VirtualService',
      'WorkloadEntry',
    ])
  })

  it('asks from callers that it holds', () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const { manifests, requests } = makeWorld(seed)
      const names = new Set(
        manifests.map(
          ({ kind, metadata }) =>
            `${kind.toLowerCase()}/${metadata.namespace ?? ''}/${metadata.name}`,
        ),
      )
      const asked = requests.map(({ from }) => from).filter((from) => typeof from === 'string')
      expect(asked.filter((from) => !names.has(from))).toEqual([])
    }
  })
})

describe('shrinking', () => {
  it('leaves nothing that the failure does not need', async () => {
    const world = await firstWorld(hasTimeout)
    const smallest = await shrink(world, hasTimeout)
    expect(smallest.meshConfig).toBeNull()
    expect(smallest.requests).toHaveLength(1)
    expect(smallest.manifests).toEqual([
      {
        apiVersion: expect.any(String),
        kind: 'VirtualService',
        metadata: { name: expect.any(String), namespace: expect.any(String) },
        spec: { http: [{ timeout: '500ms' }] },
      },
    ])
  })

  it('ends with its budget and what was found until then', async () => {
    const world = await firstWorld(hasTimeout)
    let asked = 0
    const counting = (candidate: World): Promise<boolean> => {
      asked += 1
      return hasTimeout(candidate)
    }
    const smallest = await shrink(world, counting, 5)
    expect(asked).toBe(5)
    expect(await hasTimeout(smallest)).toBe(true)
  })
})

async function firstWorld(holds: (world: World) => Promise<boolean>): Promise<World> {
  for (let seed = 0; seed < 1000; seed += 1) {
    const world = makeWorld(seed)
    if (await holds(world)) return world
  }
  throw new Error('no world of the first thousand seeds will do')
}

async function hasTimeout({ manifests, requests }: World): Promise<boolean> {
  return requests.length > 0 && JSON.stringify(manifests).includes('"timeout":"500ms"')
}
