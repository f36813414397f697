import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { endpoints, startBackends } from './support/backends.ts'
import { startDns } from './support/dns.ts'
import { startEnvoy } from './support/envoy.ts'
import type { Envoy } from './support/envoy.ts'
import { ask, seen } from './support/http.ts'
import { anyPorts, lanes } from './support/lanes.ts'
import { startNginx } from './support/nginx.ts'
import { programPath } from './support/program.ts'
import { Resources } from './support/resources.ts'
import { nginxTemplate } from './support/template.ts'

const VERSIONS = ['release', 'release-v1', 'release-v2'].map((version) => `testaaa-${version}`)
const V1 = { 'project-version': 'release-v1' }
const SERVICE = 'testaaa.test-istio.svc.cluster.local'

/** The proxies of the repository's manifests, backends behind them, whatever nginx is put before. */
class Mesh {
  readonly resources = new Resources()
  gateway: Envoy | undefined
  sidecar: Envoy | undefined

  async start(envoy: string): Promise<void> {
    if (this.gateway !== undefined) return
    const backends = endpoints(await startBackends(this.resources, VERSIONS))
    const manifests = ['-f', 'k8s', '-f', 'real/fixtures/edge.yaml', ...backends]
    this.gateway = await startEnvoy(
      this.resources,
      envoy,
      lanes('envoy', '--from', 'gateway/test-istio/gateway', ...manifests, ...anyPorts(80)),
    )
    this.sidecar = await startEnvoy(
      this.resources,
      envoy,
      lanes(
        'envoy',
        '--from',
        'deployment/test-istio/edge',
        ...manifests,
        ...anyPorts(31_000, 32_000),
      ),
    )
  }

  get gatewayAddress(): string {
    return `127.0.0.1:${this.gateway?.portOf('0.0.0.0_80')}`
  }

  get sidecarPort(): string {
    return String(this.sidecar?.portOf('0.0.0.0_31000'))
  }
}

const mesh = new Mesh()
let nginx = ''
beforeEach(async (context) => {
  nginx = programPath(context, 'nginx')
  await mesh.start(programPath(context, 'envoy'))
})
afterAll(() => mesh.resources.close())

/** nginx with this in `http { … }`. */
async function before(http: string): Promise<string> {
  const { socketPath } = await startNginx(mesh.resources, nginx, http)
  return socketPath
}

/** The workloads that answer the same request, asked often. */
async function answering(
  socketPath: string,
  path: string,
  headers: Record<string, string>,
): Promise<string[]> {
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => ask({ socketPath, path, headers })),
  )
  return [...new Set(answers.map((answer) => seen(answer).servedBy))].toSorted()
}

describe('problem 2: an HTTP/1.0 gateway gets 426', () => {
  it('is there with nginx’s default before 1.29.7, said aloud here', async () => {
    const socketPath = await before(`server {
      listen LISTEN;
      location / { proxy_pass http://${mesh.gatewayAddress}; proxy_http_version 1.0; }
    }`)
    const { status } = await ask({ socketPath, headers: V1 })
    expect(status).toBe(426)
    expect(await mesh.gateway?.logged(/"response_code":426/)).toMatchObject({
      response_code: 426,
      response_code_details: 'low_version',
    })
  })

  it('is gone with docker/nginx/gateway.conf.template', async () => {
    const socketPath = await before(
      nginxTemplate('gateway.conf.template', { GATEWAY: mesh.gatewayAddress, LISTEN: 'LISTEN' }),
    )
    const answer = await ask({ socketPath, headers: { ...V1, host: 'testaaa.example.com' } })
    expect(seen(answer)).toMatchObject({
      servedBy: 'testaaa-release-v1',
      headers: { host: 'testaaa.example.com' },
    })
  })
})

describe('problem 3: an edge that changes Host loses the rule', () => {
  it('is there with the public Host: the sidecar knows no such Service, and every version answers', async () => {
    const socketPath = await before(`server {
      listen LISTEN;
      location / {
        proxy_pass http://127.0.0.1:${mesh.sidecarPort};
        proxy_http_version 1.1;
        proxy_set_header Host www.example.com;
      }
    }`)
    expect(await answering(socketPath, '/', V1)).toEqual(VERSIONS)
  })

  it('is there with an upstream block and $proxy_host: it is the block’s name', async () => {
    const socketPath = await before(`upstream backend { server 127.0.0.1:${mesh.sidecarPort}; }
    server {
      listen LISTEN;
      location / {
        proxy_pass http://backend;
        proxy_http_version 1.1;
        proxy_set_header Host $proxy_host;
      }
    }`)
    expect(await answering(socketPath, '/', V1)).toEqual(VERSIONS)
  })

  it('is gone with docker/nginx/mesh.conf.template, with an upstream block and without', async () => {
    const socketPath = await before(
      nginxTemplate('mesh.conf.template', {
        LISTEN: 'LISTEN',
        TESTAAA: `127.0.0.1:${mesh.sidecarPort}`,
        PORT: mesh.sidecarPort,
        RESOLVER: await startDns(mesh.resources),
      }),
    )
    for (const path of ['/', '/direct/']) {
      expect(await answering(socketPath, path, V1)).toEqual(['testaaa-release-v1'])
      expect(await answering(socketPath, path, {})).toEqual(['testaaa-release'])
    }
    const direct = seen(await ask({ socketPath, path: '/direct/a?b=c' }))
    expect(direct).toMatchObject({
      path: '/a?b=c',
      headers: { host: `${SERVICE}:${mesh.sidecarPort}` },
    })
  })
})
