import {
  buildMesh,
  compile,
  decide,
  findProxy,
  loadManifests,
  readMeshConfig,
} from '@traffic-lanes/routing'
import type { Header, Mesh, Proxy, ProxyConfig } from '@traffic-lanes/routing'
import type { Answer, NoAnswer } from '../answer.ts'
import type { Question, World } from '../world.ts'
import { answerOf } from './answer-of.ts'

/** Asks our engine about a world: an answer for each request, in order. Every draw is 0. */
export function askEngine(world: World): (Answer | NoAnswer)[] {
  const { resources } = loadManifests(world.manifests)
  const mesh = buildMesh(
    resources,
    world.meshConfig === null
      ? {}
      : {
          meshConfig: readMeshConfig({ file: 'mesh.yaml', text: world.meshConfig }).meshConfig,
        },
  )
  const compiled = new Map<string, ProxyConfig>()
  const compileOnce = (proxy: Proxy): ProxyConfig => {
    const key = JSON.stringify(proxy)
    const known = compiled.get(key) ?? compile(mesh, proxy)
    compiled.set(key, known)
    return known
  }
  return world.requests.map((question) => askOne(mesh, compileOnce, question))
}

function askOne(
  mesh: Mesh,
  compileOnce: (proxy: Proxy) => ProxyConfig,
  { from, method, url, host, headers, http, address }: Question,
): Answer | NoAnswer {
  const proxy = findProxy(mesh, from)
  if (proxy === undefined) return { error: `no proxy ${JSON.stringify(from)}` }
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
