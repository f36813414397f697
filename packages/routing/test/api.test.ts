import { expect, it } from 'vitest'
import { findProxy, formatDiagnostic, readMeshConfig } from '../src/index.ts'
import { app, meshOf } from './world.ts'

it('takes a proxy that stands in no manifest', () => {
  const mesh = meshOf(app('shop', ['a']))
  const from = {
    type: 'sidecar',
    namespace: 'shop',
    name: 'guest',
    labels: { app: 'guest' },
    ip: '10.1.1.1',
  } as const
  expect(findProxy(mesh, from)).toEqual({ ...from, id: 'sidecar/shop/guest' })
  expect(findProxy(mesh, { type: 'router', namespace: 'shop' })).toEqual({
    type: 'gateway',
    id: 'router/shop/proxy',
    namespace: 'shop',
    name: 'proxy',
    labels: {},
  })
})

it('reads a mesh config, with Istio’s defaults for the rest', () => {
  const text = 'outboundTrafficPolicy: { mode: REGISTRY_ONLY }\nrootNamespace: istio-config\n'
  expect(readMeshConfig({ file: 'mesh.yaml', text })).toMatchObject({
    meshConfig: {
      outboundTrafficPolicy: 'REGISTRY_ONLY',
      rootNamespace: 'istio-config',
      defaultServiceExportTo: ['*'],
      defaultRetries: { attempts: 2 },
    },
    diagnostics: [],
  })
})

it('says where a mesh config is wrong, and keeps the default', () => {
  const text = 'rootNamespace: x\noutboundTrafficPolicy:\n  mode: NONE\n'
  const { meshConfig, diagnostics } = readMeshConfig({ file: 'mesh.yaml', text })
  expect(meshConfig.outboundTrafficPolicy).toBe('ALLOW_ANY')
  expect(diagnostics.map(formatDiagnostic)).toEqual([
    'mesh.yaml:3:9: error: MeshConfig: outboundTrafficPolicy.mode must be ALLOW_ANY or REGISTRY_ONLY, got "NONE" [bad-value]',
  ])
})

it('says that it knows every namespace, whatever the mesh config has istiod discover', () => {
  const text = 'discoverySelectors: [{ matchLabels: { mesh: prod } }]'
  const { diagnostics } = readMeshConfig({ file: 'mesh.yaml', text })
  expect(diagnostics.map(({ code, level }) => `${level} ${code}`)).toEqual(['warning not-modelled'])
})
