import { formatPosition } from '@traffic-lanes/routing'
import type { Paint } from '../io.ts'
import { columnSets, renderTable, wrapList } from '../output/table.ts'
import type { TableCell } from '../output/table.ts'
import { callerName } from '../reach/caller-name.ts'
import { layoutOf, MARKS, marksOf, NOT_LISTED, requestName, rowsOf, shortNames } from './layout.ts'
import type { LanedColumn, Layout } from './layout.ts'
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
        : layoutAsText(layoutOf(section), map.lanes, paint)
    return `${paint('bold', title)}\n${body}`
  })
  const legend = marksOf(map)
    .map((mark) => `${MARKS[mark].sign} ${MARKS[mark].means}`)
    .join('   ')
  const hasTable = map.sections.some((section) => layoutOf(section).columns.length > 0)
  const note = hasTable ? `${paint('dim', NOT_LISTED)}\n` : ''
  return `${sections.join('\n')}\n${paint('dim', legend)}\n${note}`
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
      const { origin } = cell
      const line = `${names[index]?.padEnd(width) ?? ''}  ${paint(style, signed(cell))}\n`
      return origin !== null
        ? [line, paint('dim', `    ${origin.resource}  ${formatPosition(origin.position)}\n`)]
        : [line]
    })
    .join('')
}

function layoutAsText({ columns, same }: Layout, lanes: LaneMap['lanes'], paint: Paint): string {
  const label = Math.max(...lanes.map((lane) => (lane ?? 'no lane').length))
  const tables = columnSets(label, columns.map(widthOf)).map((set) => {
    const chosen = set.flatMap((at) => columns[at] ?? [])
    const header: TableCell[][] = [
      [{ text: '' }, ...chosen.map(({ name }): TableCell => ({ text: name, style: 'bold' }))],
      [{ text: '' }, ...chosen.map(({ request }) => ({ text: request }))],
    ]
    const body = rowsOf(chosen, lanes).map(({ lane, cells }) =>
      [{ text: lane } satisfies TableCell].concat(cells.map(tableCell)),
    )
    return renderTable([...header, ...body], paint)
  })
  const lead = columns.length === 0 ? 'in every lane:' : 'in every lane the same:'
  const list = same.map(({ name, cell }) => `${name} ${signed(cell)}`)
  return tables.join('\n') + (list.length === 0 ? '' : wrapList(lead, list))
}

function widthOf({ name, request, cells }: LanedColumn): number {
  return Math.max(name.length, request.length, ...cells.map((cell) => signed(cell).length))
}

function tableCell(cell: Cell): TableCell {
  return { text: signed(cell), style: MARKS[cell.mark].style }
}

/** `● release-v1` */
export function signed({ mark, text }: Cell): string {
  return `${MARKS[mark].sign} ${text}`
}
