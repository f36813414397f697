import { describe, expect, it } from 'vitest'
import { podTemplateOf, readPod } from '../src/mesh/pod.ts'
import { workloadOf } from './mesh.ts'

describe('the environment of a pod', () => {
  it('holds values, and what the downward API knows', () => {
    const { env, unknownEnv } = readPod(
      workloadOf(`{ name: a, env: [
        { name: PLAIN, value: one }, { name: EMPTY },
        { name: LANE, valueFrom: { fieldRef: { fieldPath: "metadata.labels['version']" } } },
        { name: NONE, valueFrom: { fieldRef: { fieldPath: "metadata.labels['none']" } } },
        { name: NS, valueFrom: { fieldRef: { fieldPath: metadata.namespace } } },
        { name: IP, valueFrom: { fieldRef: { fieldPath: status.podIP } } },
      ] }`),
    )
    expect(env).toEqual({
      PLAIN: 'one',
      EMPTY: '',
      LANE: 'v1',
      NONE: '',
      NS: 'lab',
      IP: '127.0.0.1',
    })
    expect(unknownEnv).toEqual([])
  })

  it('expands references to earlier variables and leaves the others', () => {
    const { env } = readPod(
      workloadOf(`{ name: a, env: [
        { name: HOST, value: db }, { name: URL, value: "pg://$(HOST)/$(LATER)" },
        { name: LITERAL, value: "$$(HOST)" }, { name: LATER, value: x },
      ] }`),
    )
    expect(env).toMatchObject({ URL: 'pg://db/$(LATER)', LITERAL: '$(HOST)' })
  })

  it('names what only the cluster knows', () => {
    const { env, unknownEnv } = readPod(
      workloadOf(`{ name: a, env: [
        { name: TOKEN, valueFrom: { secretKeyRef: { name: s, key: k } } },
        { name: NODE, valueFrom: { fieldRef: { fieldPath: spec.nodeName } } },
      ], envFrom: [{ prefix: P_, configMapRef: { name: c } }] }`),
    )
    expect(env).toEqual({})
    expect(unknownEnv).toEqual(['TOKEN', 'NODE', 'envFrom configMapRef'])
  })
})

describe('the probe of a pod', () => {
  it('is its readinessProbe over HTTP, headers included', () => {
    const { probe } = readPod(
      workloadOf(
        '{ name: a, readinessProbe: { httpGet: { path: /r, port: 1, httpHeaders: [{ name: X, value: one }] } } }',
      ),
    )
    expect(probe).toEqual({ kind: 'http', path: '/r', headers: [['X', 'one']] })
  })

  it.each(['{ name: a }', '{ name: a, readinessProbe: { exec: { command: [true] } } }'])(
    'is a TCP connection without one: %s',
    (container) => {
      expect(readPod(workloadOf(container)).probe).toEqual({ kind: 'tcp' })
    },
  )
})

describe('the one port of the process', () => {
  const ports = 'ports: [{ name: admin, containerPort: 9 }, { name: http, containerPort: 8 }]'

  it.each([
    ['the readinessProbe’s, by name', `${ports}, readinessProbe: { httpGet: { port: http } }`, 8],
    ['the readinessProbe’s, by number', `${ports}, readinessProbe: { tcpSocket: { port: 8 } }`, 8],
    ['the first that is declared, without a probe', ports, 9],
  ])('stands for %s', (_which, container, port) => {
    const { servesPort } = readPod(workloadOf(`{ name: a, ${container} }`))
    expect([8, 9, 10].filter(servesPort)).toEqual([port])
  })

  it('stands for every port where none is declared', () => {
    expect(readPod(workloadOf('{ name: a }')).servesPort(1234)).toBe(true)
  })
})

it('the pod template changes with the template and nothing else', () => {
  const one = podTemplateOf(workloadOf('{ name: a }'))
  expect(podTemplateOf(workloadOf('{ name: a }'))).toBe(one)
  expect(podTemplateOf(workloadOf('{ name: b }'))).not.toBe(one)
})
