import {
  buildMesh,
  compile,
  decide,
  findProxy,
  loadManifests,
  readMeshConfig,
} from '@traffic-lanes/routing'
import type { Diagnostic, Header, Mesh, Proxy, ProxyConfig } from '@traffic-lanes/routing'
import type { Answer, NoAnswer } from '../answer.ts'
import type { Question, World } from '../world.ts'
import { answerOf } from './answer-of.ts'

/** Asks our engine about a world: an answer for each request, in order. Every draw is 0. */
export function askEngine(world: World): (Answer | NoAnswer)[] {
  const { mesh } = readWorld(world)
  const compiled = new Map<string, ProxyConfig>()
  const compileOnce = (proxy: Proxy): ProxyConfig => {
    const key = JSON.stringify(proxy)
    const known = compiled.get(key) ?? compile(mesh, proxy, { showAssigned: true })
    compiled.set(key, known)
    return known
  }
  return world.requests.map((question) => askOne(mesh, compileOnce, question))
}

/** Whether the engine finds an error in the manifests. */
export function engineRefuses(world: World): boolean {
  return readWorld(world).diagnostics.some(({ level }) => level === 'error')
}

function readWorld({ manifests, meshConfig }: World): {
  readonly mesh: Mesh
  readonly diagnostics: readonly Diagnostic[]
} {
  const { resources, diagnostics } = loadManifests(manifests)
  const read =
    meshConfig === null ? null : readMeshConfig({ file: 'mesh-config.yaml', text: meshConfig })
  const mesh = buildMesh(resources, read === null ? {} : { meshConfig: read.meshConfig })
  return {
    mesh,
    diagnostics: [...diagnostics, ...mesh.diagnostics, ...(read?.diagnostics ?? [])],
  }
}

function askOne(
  mesh: Mesh,
  compileOnce: (proxy: Proxy) => ProxyConfig,
  { from, method, url, host, headers, http, address }: Question,
): Answer | NoAnswer {
  const proxy = findProxy(mesh, from)
  // Of what asks for no replica there is no pod that could call; the engine explains it all the same.
  const isIdle = mesh.workloads.some(({ id, replicas }) => id === proxy?.id && replicas === 0)
  if (proxy === undefined || isIdle) return { error: `no proxy ${JSON.stringify(from)}` }
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (parsed === null) return { error: `${url} is no URL` }
  const fallback = parsed.protocol === 'https:' ? 443 : 80
  const port = parsed.port === '' ? fallback : Number(parsed.port)
  const sent = Object.entries(headers).flatMap(([name, value]): Header[] =>
    typeof value === 'string' ? [[name, value]] : value.map((one): Header => [name, one]),
  )
  const decision = decide(
    compileOnce(proxy),
    {
      method,
      url,
      headers:
        host === null
          ? sent
          : [...sent.filter(([name]) => name.toLowerCase() !== 'host'), ['host', host]],
      destination: address === null ? { port } : { address, port },
      http,
    },
    { random: () => 0, passed: false },
  )
  return answerOf(decision)
}
