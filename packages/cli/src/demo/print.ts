import { decidedBy } from '../explain/words.ts'
import type { Explanation } from '../explain/explain.ts'
import type { Paint } from '../io.ts'
import { LANE_HEADER } from '../lane.ts'
import { chain } from './play.ts'
import type { Row } from './play.ts'

/** The rows as text. `lanes` is how this program is called here: `npx lanes`. */
export function printRows(rows: readonly Row[], lanes: string, paint: Paint): string {
  return rows.map((row) => printRow(row, lanes, paint)).join('\n')
}

function printRow(row: Row, lanes: string, paint: Paint): string {
  const { request, served, body, trail, ms, hops, differences } = row
  const sent = request.lane === null ? `no ${LANE_HEADER}` : `${LANE_HEADER}: ${request.lane}`
  const verdict = differences.length === 0 ? paint('green', 'ok') : paint('red', 'WRONG')
  const facts = [
    ['served by', chain(served)],
    ['body', body.trim()],
    ...(trail === null ? [] : [['trail', trail]]),
    ['took', `${ms} ms`],
    ...hops.map(({ decision }) => [hopName(decision.proxy), decidedBy(decision)]),
    ['repeat', hops[0] === undefined ? '' : curl(hops[0])],
    ...hops.map((hop, index) => [
      index === 0 ? 'explain' : '',
      `${lanes} ${explainCommandLine(hop)}`,
    ]),
    ...differences.map((difference) => ['WRONG', difference]),
  ]
  const width = Math.max(...facts.map(([label = '']) => label.length)) + 2
  const lines = facts.map(([label = '', value = '']) => `  ${label.padEnd(width)}${value}`)
  return `${paint('bold', sent)}  ${verdict}\n${lines.join('\n')}\n`
}

/** The rows for programs: one line of JSON. */
export function rowsAsJson(rows: readonly Row[]): string {
  return JSON.stringify(
    rows.map(({ request, served, body, trail, ms }) => ({
      sent: request.lane,
      ...Object.fromEntries(
        request.served.map(({ app }) => [
          app,
          served.find((each) => each.app === app)?.version ?? null,
        ]),
      ),
      body,
      trail,
      ms,
    })),
  )
}

/** `gateway/test-istio/gateway` is "gateway"; `deployment/test-istio/testaaa-release` its own name. */
function hopName(from: string): string {
  return from.startsWith('gateway/') ? 'gateway' : (from.split('/').at(-1) ?? from)
}

function curl({ request }: Explanation): string {
  return [
    'curl',
    ...request.headers.map(([name, value]) => `-H '${name}: ${value}'`),
    request.url,
  ].join(' ')
}

function explainCommandLine({ decision, request: { url, headers } }: Explanation): string {
  const lane = headers.find(([name]) => name === LANE_HEADER)?.[1]
  return [
    'explain',
    `--from ${decision.proxy}`,
    url,
    ...(lane === undefined ? [] : [`--lane ${lane}`]),
  ].join(' ')
}
