import { decidedBy } from '../explain/words.ts'
import type { Answer } from '../explain/explain.ts'
import type { Paint } from '../io.ts'
import { LANE_HEADER } from '../lane.ts'
import { chain } from './play.ts'
import type { Row } from './play.ts'

/** The rows as text. `lanes` is how this program is called here: `npx lanes`. */
export function printRows(rows: readonly Row[], lanes: string, paint: Paint): string {
  return rows.map((row) => printRow(row, lanes, paint)).join('\n')
}

function printRow(row: Row, lanes: string, paint: Paint): string {
  const { request, served, body, ms, hops, differences } = row
  const sent = request.lane === null ? `no ${LANE_HEADER}` : `${LANE_HEADER}: ${request.lane}`
  const verdict = differences.length === 0 ? paint('green', 'ok') : paint('red', 'WRONG')
  const facts = [
    ['served by', chain(served)],
    ['body', body.trim()],
    ['took', `${ms} ms`],
    ...hops.map(({ question, decision }) => [hopName(question.from), decidedBy(decision)]),
    ['repeat', hops[0] === undefined ? '' : curl(hops[0])],
    ...hops.map(({ question }, index) => [
      index === 0 ? 'explain' : '',
      `${lanes} ${explainCommandLine(question)}`,
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
    rows.map(({ request, served, body, ms }) => ({
      sent: request.lane,
      ...Object.fromEntries(
        request.served.map(({ app }) => [
          app,
          served.find((each) => each.app === app)?.version ?? null,
        ]),
      ),
      body,
      ms,
    })),
  )
}

/** `gateway/test-istio/gateway` is "gateway"; `deployment/test-istio/testaaa-release` its own name. */
function hopName(from: string): string {
  return from.startsWith('gateway/') ? 'gateway' : (from.split('/').at(-1) ?? from)
}

function curl({ question }: Answer): string {
  return [
    'curl',
    ...question.headers.map(([name, value]) => `-H '${name}: ${value}'`),
    question.url,
  ].join(' ')
}

function explainCommandLine({ from, url, headers }: Answer['question']): string {
  const lane = headers.find(([name]) => name === LANE_HEADER)?.[1]
  return ['explain', `--from ${from}`, url, ...(lane === undefined ? [] : [`--lane ${lane}`])].join(
    ' ',
  )
}
