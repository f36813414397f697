import { expect, it } from 'vitest'
import { meshOf } from './world.ts'

const mesh = 'outboundTrafficPolicy: { mode: REGISTRY_ONLY }'

const configMap = `
apiVersion: v1
kind: ConfigMap
metadata: { name: istio, namespace: istio-system }
data: { mesh: 'rootNamespace: from-map' }`

const operator = `
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: { name: install, namespace: istio-system }
spec: { meshConfig: { rootNamespace: from-operator, ${mesh} } }`

it('stands in the ConfigMap that Istio keeps it in', () => {
  expect(meshOf(configMap).config).toMatchObject({
    rootNamespace: 'from-map',
    outboundTrafficPolicy: 'ALLOW_ANY',
  })
})

it('stands in an IstioOperator, where no ConfigMap has it', () => {
  expect(meshOf(operator).config).toMatchObject({
    rootNamespace: 'from-operator',
    outboundTrafficPolicy: 'REGISTRY_ONLY',
  })
  expect(meshOf(operator, configMap).config.rootNamespace).toBe('from-map')
})

it('keeps its defaults where what is written cannot be read', () => {
  const wrong = operator.replace('rootNamespace: from-operator', 'rootNamespace: [a]')
  expect(meshOf(wrong).config).toMatchObject({
    rootNamespace: 'istio-system',
    outboundTrafficPolicy: 'REGISTRY_ONLY',
  })
  expect(meshOf(wrong).diagnostics).toMatchObject([{ code: 'wrong-type', level: 'error' }])
})
