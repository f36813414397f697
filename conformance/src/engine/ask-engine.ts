import {
  askAbout,
  buildMesh,
  findProxy,
  loadManifests,
  QuestionError,
  readMeshConfig,
} from '@traffic-lanes/routing'
import type { Diagnostic, Header, Mesh } from '@traffic-lanes/routing'
import type { Answer, NoAnswer } from '../answer.ts'
import type { Question, World } from '../world.ts'
import { answerOf } from './answer-of.ts'

/** Asks our engine about a world: an answer for each request, in order. Every draw is 0. */
export function askEngine(world: World): (Answer | NoAnswer)[] {
  const { mesh } = readWorld(world)
  // Every draw is 0, and made-up addresses are shown: as the oracle has it.
  const ask = askAbout(mesh, { showAssigned: true, passed: false })
  return world.requests.map((question) =>
    isIdle(mesh, question.from)
      ? { error: `${JSON.stringify(question.from)} asks for no pod` }
      : askOne(ask, question),
  )
}

/** Of what asks for no replica there is no pod that could call; the engine explains it all the same. */
function isIdle(mesh: Mesh, from: Question['from']): boolean {
  const proxy = findProxy(mesh, from)
  return mesh.workloads.some(({ id, replicas }) => id === proxy?.id && replicas === 0)
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
  ask: ReturnType<typeof askAbout>,
  { from, method, url, host, headers, http, address }: Question,
): Answer | NoAnswer {
  const sent = Object.entries(headers).flatMap(([name, value]): Header[] =>
    typeof value === 'string' ? [[name, value]] : value.map((one): Header => [name, one]),
  )
  try {
    const asked = ask({
      from,
      method,
      url,
      headers: sent,
      http,
      ...(host === null ? {} : { host }),
      ...(address === null ? {} : { address }),
    })
    return answerOf(asked)
  } catch (error) {
    if (error instanceof QuestionError) return { error: error.message }
    throw error
  }
}
