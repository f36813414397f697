import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { endpoints, startBackends } from './support/backends.ts'
import { startEnvoy } from './support/envoy.ts'
import { ask, seen } from './support/http.ts'
import { anyPorts, lanes } from './support/lanes.ts'
import { startNginx } from './support/nginx.ts'
import { programPath } from './support/program.ts'
import { Resources } from './support/resources.ts'
import { nginxTemplate } from './support/template.ts'

const VERSIONS = ['release', 'release-v1', 'release-v2'].map((version) => `testaaa-${version}`)

const resources = new Resources()
let envoy = ''
let options: readonly string[] = []
beforeEach(async (context) => {
  envoy = programPath(context, 'envoy')
  if (options.length === 0)
    options = [...endpoints(await startBackends(resources, VERSIONS)), ...anyPorts(80)]
})
afterAll(() => resources.close())

/** The gateway of these manifests, its bootstrap changed. */
async function gateway(
  manifests: readonly string[],
  change: (bootstrap: string) => string = (text) => text,
): Promise<number> {
  const from = ['envoy', '--from', 'gateway/test-istio/gateway', ...manifests, ...options]
  const { portOf } = await startEnvoy(resources, envoy, change(lanes(...from)))
  return portOf('0.0.0.0_80')
}

/** Who serves a callback to this Host, and the lane that arrives there. */
async function callback(port: number, host: string, headers: Record<string, string> = {}) {
  const answer = await ask({ port, path: '/notify', method: 'POST', headers: { host, ...headers } })
  const { servedBy, headers: arrived } = seen(answer)
  return { servedBy, lane: arrived['project-version'] }
}

describe('problem 1: callbacks carry no lane', () => {
  it('is there with the entry’s own host: they reach the baseline', async () => {
    const port = await gateway(['-f', 'k8s'])
    expect(await callback(port, 'testaaa.example.com')).toEqual({
      servedBy: 'testaaa-release',
      lane: undefined,
    })
  })

  it('is gone with a host for each lane', async () => {
    const port = await gateway(['-f', 'k8s'])
    expect(await callback(port, 'release-v1.callback.example.com')).toEqual({
      servedBy: 'testaaa-release-v1',
      lane: 'release-v1',
    })
    expect(await callback(port, 'RELEASE-V2.callback.example.com:8443')).toEqual({
      servedBy: 'testaaa-release-v2',
      lane: 'release-v2',
    })
    // No testaaa of that lane: the baseline passes it on.
    expect(await callback(port, 'release-v3.callback.example.com')).toEqual({
      servedBy: 'testaaa-release',
      lane: 'release-v3',
    })
  })

  it('is gone without overruling a caller that does send a lane', async () => {
    const port = await gateway(['-f', 'k8s'])
    const sent = { 'project-version': 'release-v2' }
    expect(await callback(port, 'release-v1.callback.example.com', sent)).toEqual({
      servedBy: 'testaaa-release-v2',
      lane: 'release-v2',
    })
  })

  it('is gone with docker/nginx in front, which sets the header by the host', async (context) => {
    const port = await gateway(['-f', 'k8s'])
    const values = { GATEWAY: `127.0.0.1:${port}`, LISTEN: 'LISTEN' }
    const { socketPath } = await startNginx(
      resources,
      programPath(context, 'nginx'),
      nginxTemplate('gateway.conf.template', values),
    )
    for (const [sent, lane] of [
      [{}, 'release-v1'],
      [{ 'project-version': 'release-v2' }, 'release-v2'],
    ] as const) {
      const headers = { host: 'release-v1.callback.example.com', ...sent }
      expect(seen(await ask({ socketPath, headers }))).toMatchObject({
        servedBy: `testaaa-${lane}`,
        headers: { 'project-version': lane },
      })
    }
    const plain = seen(await ask({ socketPath, headers: { host: 'testaaa.example.com' } }))
    expect(plain.headers).not.toHaveProperty('project-version')
  })

  it('is gone by the seed’s Lua too, but not for a Host with a port or capitals', async () => {
    const port = await gateway(['-f', 'real/fixtures/lanes-by-header.yaml'], withLua)
    expect(await callback(port, 'release-v1.callback.example.com')).toEqual({
      servedBy: 'testaaa-release-v1',
      lane: 'release-v1',
    })
    for (const host of ['release-v1.callback.example.com:80', 'Release-v1.callback.example.com'])
      expect(await callback(port, host)).toMatchObject({ servedBy: 'testaaa-release' })
  })
})

/** What an EnvoyFilter does: puts the script of docs/callbacks.md before the router. */
function withLua(bootstrap: string): string {
  const config = parse(bootstrap, { version: '1.1' })
  const manager = config.static_resources.listeners[0].filter_chains[0].filters[0].typed_config
  manager.http_filters.splice(-1, 0, {
    name: 'envoy.filters.http.lua',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua',
      default_source_code: { inline_string: LUA },
    },
  })
  return stringify(config, { version: '1.1', aliasDuplicateObjects: false })
}

const LUA = `function envoy_on_request(handle)
  local headers = handle:headers()
  if headers:get("project-version") == nil
    and headers:get(":authority") == "release-v1.callback.example.com" then
    headers:add("project-version", "release-v1")
  end
end`
