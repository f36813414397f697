import { formatPosition } from '@traffic-lanes/routing'
import type { Paint } from '../io.ts'
import { renderTable, wrapList } from '../output/table.ts'
import type { TableCell } from '../output/table.ts'
import { callerName } from '../reach/caller-name.ts'
import { layoutOf, MARKS, marksOf, requestName, shortNames } from './layout.ts'
import type { Layout } from './layout.ts'
import type { Cell, LaneMap, Section } from './map.ts'

/** The map for people, 80 columns wide. `all` are everybody's names, by kind. */
export function mapAsText(
  map: LaneMap,
  all: ReadonlyMap<string, readonly string[]>,
  paint: Paint,
): string {
  const sections = map.sections.map((section) => {
    const title = callerName(section.caller, all.get(section.caller.kind) ?? [])
    const body =
      map.lanes.length === 1
        ? oneLane(section, paint)
        : layoutAsText(layoutOf(section, map.lanes), paint)
    return `${paint('bold', title)}\n${body}`
  })
  const legend = marksOf(map)
    .map((mark) => `${MARKS[mark].sign} ${MARKS[mark].means}`)
    .join('   ')
  return `${sections.join('\n')}\n${paint('dim', legend)}\n`
}

/** One lane, a target a line, and below it what decides. */
function oneLane({ columns }: Section, paint: Paint): string {
  const short = shortNames(columns)
  const names = columns.map((column) => `${short(column)} ${requestName(column)}`.trim())
  const width = Math.max(...names.map(({ length }) => length))
  return columns
    .flatMap(({ cells: [cell] }, index) => {
      if (cell === undefined) return []
      const { style } = MARKS[cell.mark]
      const origin = cell.decision.route?.origin
      const line = `${names[index]?.padEnd(width) ?? ''}  ${paint(style, signed(cell))}\n`
      return origin
        ? [line, paint('dim', `    ${origin.resource}  ${formatPosition(origin.position)}\n`)]
        : [line]
    })
    .join('')
}

function layoutAsText({ columns, rows, asNoLane, same }: Layout, paint: Paint): string {
  const header: TableCell[][] = [
    [{ text: '' }, ...columns.map(({ name }): TableCell => ({ text: name, style: 'bold' }))],
  ]
  if (columns.some(({ request }) => request !== ''))
    header.push([{ text: '' }, ...columns.map(({ request }) => ({ text: request }))])
  const body = rows.map(({ lanes, cells }) => [{ text: lanes }, ...cells.map(tableCell)])
  const parts = [
    columns.length === 0 ? '' : renderTable([...header, ...body], paint),
    asNoLane.length === 0 ? '' : wrapList('as no lane:', asNoLane),
    same.length === 0
      ? ''
      : wrapList(
          columns.length === 0 ? 'in every lane:' : 'in every lane the same:',
          same.map(({ name, cell }) => `${name} ${signed(cell)}`),
        ),
  ]
  return parts.join('')
}

function tableCell(cell: Cell): TableCell {
  return { text: signed(cell), style: MARKS[cell.mark].style }
}

/** `● release-v1` */
export function signed({ mark, text }: Cell): string {
  return `${MARKS[mark].sign} ${text}`
}
