import { markdownCell, markdownTable } from '../output/markdown.ts'
import { callerName } from '../reach/caller-name.ts'
import { layoutOf, MARKS, marksOf } from './layout.ts'
import type { LaneMap } from './map.ts'
import { signed } from './text.ts'

/** The map for a merge request. */
export function mapAsMarkdown(map: LaneMap, all: ReadonlyMap<string, readonly string[]>): string {
  const sections = map.sections.map((section) => {
    const { columns, rows, asNoLane, same } = layoutOf(section, map.lanes)
    const title = callerName(section.caller, all.get(section.caller.kind) ?? [])
    const names = columns.map(({ name, request }) => `${name} ${request}`.trim())
    const parts = [
      `#### ${markdownCell(title)}\n`,
      rows.length === 0
        ? ''
        : markdownTable(
            ['lane', ...names],
            rows.map(({ lanes, cells }) => [lanes].concat(cells.map(signed))),
          ),
      asNoLane.length === 0 ? '' : `As no lane: ${asNoLane.map(markdownCell).join(', ')}\n`,
      same.length === 0
        ? ''
        : `The same in every lane:\n\n${markdownTable(
            ['target', 'version'],
            same.map(({ name, cell }) => [name, signed(cell)]),
          )}`,
    ]
    return parts.filter((part) => part !== '').join('\n')
  })
  const legend = marksOf(map).map((mark) => `${MARKS[mark].sign} ${MARKS[mark].means}`)
  return [...sections, `${legend.join(', ')}\n`].join('\n')
}
