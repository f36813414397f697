import { askAbout } from '@traffic-lanes/routing'
import { TRAIL_HEADER, findLoss } from '@traffic-lanes/propagation/trail'
import type { Mesh, Service, Workload } from '@traffic-lanes/routing'
import { Agent, request } from 'undici'
import type { DemoConfig, DemoRequest, LocalMeshConfig } from '../config.ts'
import { messageOf } from '../errors.ts'
import { explain } from '../explain/explain.ts'
import type { Explanation } from '../explain/explain.ts'
import { LANE_HEADER } from '../lane.ts'

/** The response header in which the reference services say who served, first hop first. */
const SERVED_BY = 'x-served-by'
/** A request that takes longer has failed. */
const TIMEOUT_MS = 10_000

/** One request of the demo, played. */
export interface Row {
  readonly request: DemoRequest
  /** What the response said: `testaaa@release-v1`, in the order of the hops; empty where it said nothing. */
  readonly served: readonly Served[]
  readonly body: string
  /** The trail that the response told; null where it told none. */
  readonly trail: string | null
  /** Milliseconds from sending to the end of the body. */
  readonly ms: number
  /** What the engine decides for each hop: the gateway first. */
  readonly hops: readonly Explanation[]
  /** How the response differs from the table or from the engine; empty where all agree. */
  readonly differences: readonly string[]
}

export interface Served {
  readonly app: string
  readonly version: string
}

export interface Stage {
  readonly mesh: Mesh
  readonly config: LocalMeshConfig
  readonly demo: DemoConfig
  /** `gateway/NAMESPACE/NAME`, where the requests enter. */
  readonly gateway: string
  /** The demo's URL with the port that is really open. */
  readonly url: string
}

/** Sends the requests one after the other, each over the real gateway. */
export async function play(stage: Stage): Promise<Row[]> {
  const agent = new Agent({ headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS })
  try {
    const rows: Row[] = []
    for (const each of stage.demo.requests) rows.push(await playOne(stage, each, agent))
    return rows
  } finally {
    await agent.destroy()
  }
}

async function playOne(stage: Stage, wanted: DemoRequest, agent: Agent): Promise<Row> {
  const began = performance.now()
  const response = await send(stage.url, wanted.lane, agent)
  const ms = Math.round((performance.now() - began) * 10) / 10
  const served = parseServedBy(response.servedBy)
  const hops = explainHops(stage, wanted, served)
  return {
    request: wanted,
    served,
    body: response.body,
    trail: response.trail,
    ms,
    hops,
    differences: [
      ...(response.problem === null ? [] : [response.problem]),
      ...differsFromTable(wanted, served, response.body),
      ...differsFromEngine(stage.mesh, served, hops),
      ...differsFromTrail(response.trail),
    ],
  }
}

interface Response {
  readonly servedBy: string
  readonly body: string
  readonly trail: string | null
  readonly problem: string | null
}

async function send(url: string, lane: string | null, agent: Agent): Promise<Response> {
  try {
    const { statusCode, headers, body } = await request(url, {
      dispatcher: agent,
      headers: lane === null ? {} : { [LANE_HEADER]: lane },
    })
    const text = await body.text()
    return {
      servedBy: [headers[SERVED_BY] ?? []].flat().join(','),
      body: text,
      trail: [headers[TRAIL_HEADER] ?? []].flat()[0] ?? null,
      problem: statusCode === 200 ? null : `the answer was ${statusCode}: ${text.trim()}`,
    }
  } catch (error) {
    return { servedBy: '', body: '', trail: null, problem: `no answer: ${messageOf(error)}` }
  }
}

function parseServedBy(header: string): Served[] {
  return header.split(',').flatMap((part) => {
    const [app, version] = part.trim().split('@')
    return app && version ? [{ app, version }] : []
  })
}

/** The engine's decision for each hop, from who really sent it. */
function explainHops(stage: Stage, wanted: DemoRequest, served: readonly Served[]): Explanation[] {
  const { mesh, config } = stage
  const ask = askAbout(mesh)
  const headers = wanted.lane === null ? [] : ([[LANE_HEADER, wanted.lane]] as const)
  const hops = [explain({ from: stage.gateway, url: stage.url, headers }, ask, config)]
  for (const [index, { app }] of wanted.served.slice(1).entries()) {
    const caller = served[index]
    const from = caller && findWorkload(mesh, caller)
    const service = findService(mesh, app)
    const port = service?.ports[0]?.port
    if (from === undefined || service === undefined || port === undefined) break
    const url = `http://${service.name}.${service.namespace}:${port}/`
    hops.push(explain({ from: from.id, url, headers }, ask, config))
  }
  return hops
}

function differsFromTable(
  wanted: DemoRequest,
  served: readonly Served[],
  body: string,
): readonly string[] {
  const expected = chain(wanted.served)
  const actual = chain(served)
  const differences = expected === actual ? [] : [`${expected} should have served, not ${actual}`]
  const last = wanted.served.at(-1)
  if (last !== undefined && body !== last.version)
    differences.push(`the body should be "${last.version}", not "${body}"`)
  return differences
}

function differsFromEngine(
  mesh: Mesh,
  served: readonly Served[],
  hops: readonly Explanation[],
): readonly string[] {
  return hops.flatMap(({ decision: { proxy, outcome } }, index) => {
    const actual = served[index]
    if (actual === undefined) return []
    const allowed = outcome.kind === 'forward' ? outcome.endpoints : []
    const workload = findWorkload(mesh, actual)
    const agrees = allowed.some(
      (endpoint) =>
        endpoint.workload === workload?.name && endpoint.namespace === workload.namespace,
    )
    if (agrees) return []
    const decided = allowed.map((endpoint) => endpoint.workload).join(', ')
    return [
      `the engine sends the hop from ${proxy} to ${decided || outcome.kind}, and ${actual.app}@${actual.version} served it`,
    ]
  })
}

/** Where the app itself lost the lane, which the mesh cannot know. */
function differsFromTrail(trail: string | null): readonly string[] {
  const loss = findLoss(trail)
  if (loss === undefined) return []
  const { from, to, lane, got } = loss
  return [
    `${from} called ${to} with ${got === undefined ? 'no lane' : `the lane ${got}`}, not ${lane}`,
  ]
}

/** `testaaa@release > testbbb@release`. */
export function chain(served: readonly Served[]): string {
  return served.map(({ app, version }) => `${app}@${version}`).join(' > ') || 'nobody'
}

function findWorkload(mesh: Mesh, { app, version }: Served): Workload | undefined {
  return mesh.workloads.find(({ labels }) => labels['app'] === app && labels['version'] === version)
}

function findService(mesh: Mesh, app: string): Service | undefined {
  return mesh.services.find(({ selector }) => selector?.['app'] === app)
}
