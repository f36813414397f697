import { isCarried } from '@traffic-lanes/routing'
import type { Asked, Header, Question } from '@traffic-lanes/routing'
import type { LocalMeshConfig } from '../config.ts'
import { LANE_HEADER } from '../lane.ts'

/** Who answers, for one mesh: what `askAbout` returns. */
export type Ask = (question: Question) => Asked

/** A question with its answer. */
export interface Explanation extends Asked {
  readonly question: Question
}

/**
 * Asks the engine where a request goes.
 *
 * @param config lanes.yaml, where there is one: a URL to a gateway may name the port of this machine that
 *   stands for the gateway's.
 * @throws QuestionError where the mesh has no such proxy, or the URL is none.
 */
export function explain(question: Question, ask: Ask, config: LocalMeshConfig | null): Explanation {
  const port = gatewayPort(question, config)
  const { decision, ...asked } = ask(port === undefined ? question : { ...question, port })
  const warnings = [...decision.warnings, ...droppedLanes(asked.request.headers)]
  return { question, ...asked, decision: { ...decision, warnings } }
}

/** The mesh compares any text; the apps behind it pass on only what looks like a lane. */
function droppedLanes(headers: readonly Header[]): string[] {
  return headers.flatMap(([name, value]) =>
    name.toLowerCase() !== LANE_HEADER || value === '' || isCarried(value)
      ? []
      : `${JSON.stringify(value)} is no lane to the SDK: the first service does not pass it on (TL040)`,
  )
}

/** The gateway's own port, where lanes.yaml says that the URL's stands for it on this machine. */
function gatewayPort({ from, url }: Question, config: LocalMeshConfig | null): number | undefined {
  const gateway = config?.gateways.find((each) => `gateway/${each.gateway}` === from)
  if (gateway === undefined || !URL.canParse(url)) return undefined
  const { port } = new URL(url)
  const dialled = port === '' ? 80 : Number(port)
  return gateway.listen.find(({ local }) => local === dialled)?.port
}
