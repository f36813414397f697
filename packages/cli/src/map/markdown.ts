import { markdownCell, markdownTable } from '../output/markdown.ts'
import { callerName } from '../reach/caller-name.ts'
import { layoutOf, MARKS, marksOf, NOT_LISTED, rowsOf } from './layout.ts'
import type { LaneMap } from './map.ts'
import { signed } from './text.ts'

/** The map for a merge request. */
export function mapAsMarkdown(map: LaneMap, all: ReadonlyMap<string, readonly string[]>): string {
  const sections = map.sections.map((section) => {
    const { columns, same } = layoutOf(section)
    const title = callerName(section.caller, all.get(section.caller.kind) ?? [])
    const names = columns.map(({ name, request }) => `${name} ${request}`.trim())
    const parts = [
      `#### ${markdownCell(title)}\n`,
      columns.length === 0
        ? ''
        : markdownTable(
            ['lane', ...names],
            rowsOf(columns, map.lanes).map(({ lane, cells }) => [lane].concat(cells.map(signed))),
          ),
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
  return [...sections, `${legend.join(', ')}; ${NOT_LISTED}\n`].join('\n')
}
