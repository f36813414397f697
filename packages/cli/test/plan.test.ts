import { describe, expect, it } from 'vitest'
import { parseConfig } from '../src/config.ts'
import { planWorkloads } from '../src/mesh/plan.ts'
import type { Attached, Plan } from '../src/mesh/plan.ts'
import { deploymentOf, meshOf } from './mesh.ts'

const HEAD = 'apiVersion: traffic-lanes.dev/v1alpha1\nkind: LocalMesh\nspec:\n  workloads:\n'
const SHOP = `${HEAD}    - { app: shop, cwd: sub, command: [node, a.js] }\n`

function plan(given: {
  manifests?: string
  lanes?: string
  attach?: Record<string, Attached>
}): Plan {
  const { manifests = deploymentOf('{ name: a }'), lanes = SHOP, attach = {} } = given
  const config = parseConfig(lanes, 'lanes.yaml')
  return planWorkloads(meshOf(manifests), config, '/project', new Map(Object.entries(attach)))
}

function signature(given: Parameters<typeof plan>[0]): string | undefined {
  return [...plan(given).workloads.values()][0]?.signature
}

describe('a workload', () => {
  it('starts in its folder, relative to lanes.yaml', () => {
    const { workloads, diagnostics } = plan({})
    expect(diagnostics).toEqual([])
    expect([...workloads.values()].map(({ process }) => process?.cwd)).toEqual(['/project/sub'])
  })

  it('without replicas does not start', () => {
    const manifests = deploymentOf('{ name: a }', 'replicas: 0')
    expect(plan({ manifests }).workloads.size).toBe(0)
  })

  it('that lanes.yaml does not list is named, with the cure', () => {
    const { workloads, diagnostics } = plan({
      lanes: HEAD.replace('workloads:\n', 'workloads: []\n'),
    })
    expect(workloads.size).toBe(0)
    expect(diagnostics).toMatchObject([
      { code: 'not-started', position: { file: 'm.yaml', line: 1, column: 1 } },
    ])
    expect(diagnostics[0]?.message).toContain('list `app: shop` there')
  })

  it('whose environment the cluster keeps is named, unless lanes.yaml sets it', () => {
    const manifests = deploymentOf(
      '{ name: a, env: [{ name: TOKEN, valueFrom: { secretKeyRef: { name: s, key: k } } }] }',
    )
    expect(plan({ manifests }).diagnostics).toMatchObject([{ code: 'env-from-cluster' }])
    const lanes = SHOP.replace(' }\n', ', env: { TOKEN: t } }\n')
    expect(plan({ manifests, lanes }).diagnostics).toEqual([])
  })

  it('has another signature exactly when its process must be replaced', () => {
    const same = signature({})
    expect(signature({ manifests: deploymentOf('{ name: a }', 'replicas: 2') })).toBe(same)
    expect(signature({ manifests: deploymentOf('{ name: a, image: b }') })).not.toBe(same)
    expect(signature({ lanes: SHOP.replace('a.js', 'b.js') })).not.toBe(same)
    expect(signature({ attach: { shop: { host: '127.0.0.1', port: 1 } } })).not.toBe(same)
  })
})

describe('a port that speaks HTTP/2', () => {
  it('is named, since no header routes there', () => {
    const service =
      '---\napiVersion: v1\nkind: Service\nmetadata: { name: shop, namespace: lab }\nspec: { selector: { app: shop }, ports: [{ port: 80, appProtocol: http, name: a }, { port: 90, name: grpc-api }] }\n'
    expect(plan({ manifests: deploymentOf('{ name: a }') + service }).diagnostics).toMatchObject([
      { code: 'no-http2', message: expect.stringMatching(/^port 90 of shop speaks grpc, /) },
    ])
  })
})

describe('an app in lanes.yaml that no Deployment has', () => {
  it('is refused with the names that there are', () => {
    expect(() => plan({ lanes: SHOP.replace('shop', 'shoop') })).toThrow(
      'lanes.yaml:5:7: no Deployment has pods labelled `app: shoop` (there is shop)',
    )
  })
})

describe('--attach', () => {
  const address = { host: '127.0.0.1', port: 3000 }

  it.each(['shop', 'lab/shop'])('takes the process’s place by the name %s', (name) => {
    const [planned] = plan({ attach: { [name]: address } }).workloads.values()
    expect(planned).toMatchObject({ process: null, attached: address })
  })

  it('names the Deployments when it names none of them', () => {
    expect(() => plan({ attach: { shoop: address } })).toThrow(
      '`--attach shoop=…` names no Deployment; say one of lab/shop',
    )
  })
})
