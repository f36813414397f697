import type { Asked, Question } from '@traffic-lanes/routing'
import type { LocalMeshConfig } from '../config.ts'

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
  return { question, ...ask(port === undefined ? question : { ...question, port }) }
}

/** The gateway's own port, where lanes.yaml says that the URL's stands for it on this machine. */
function gatewayPort({ from, url }: Question, config: LocalMeshConfig | null): number | undefined {
  const gateway = config?.gateways.find((each) => `gateway/${each.gateway}` === from)
  if (gateway === undefined || !URL.canParse(url)) return undefined
  const { port } = new URL(url)
  const dialled = port === '' ? 80 : Number(port)
  return gateway.listen.find(({ local }) => local === dialled)?.port
}
