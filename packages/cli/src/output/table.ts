import type { Paint } from '../io.ts'

/** One cell: its text, and the colour of it. */
export interface TableCell {
  readonly text: string
  readonly style?: Parameters<Paint>[0]
}

/** The width that a terminal has at the least, and a diff view, and a mail. */
const WIDTH = 80
const GAP = 2

/**
 * A table without lines: columns as wide as their widest cell, two spaces apart. Columns that would go
 * beyond WIDTH follow below, each time with the first column before them.
 */
export function renderTable(rows: readonly (readonly TableCell[])[], paint: Paint): string {
  const widths = (rows[0] ?? []).map((_cell, column) =>
    Math.max(...rows.map((row) => row[column]?.text.length ?? 0)),
  )
  const tables = columnSets(widths).map((columns) => {
    const chosen = columns.map((at) => widths[at])
    const lines = rows.map((row) =>
      renderRow(
        columns.map((at) => row[at]),
        chosen,
        paint,
      ),
    )
    // A line of a heading that no column here has anything for.
    return lines.filter((line) => line !== '').map((line) => `${line}\n`)
  })
  return tables.map((lines) => lines.join('')).join('\n')
}

function renderRow(
  cells: readonly (TableCell | undefined)[],
  widths: readonly (number | undefined)[],
  paint: Paint,
): string {
  const last = cells.findLastIndex((cell) => cell !== undefined && cell.text !== '')
  return cells
    .slice(0, last + 1)
    .map((cell, column) => {
      const { text, style } = cell ?? { text: '' }
      const shown = style === undefined ? text : paint(style, text)
      const padding = column === last ? 0 : (widths[column] ?? 0) - text.length + GAP
      return shown + ' '.repeat(padding)
    })
    .join('')
}

/** Which columns stand beside each other; the first is in every set. */
function columnSets(widths: readonly number[]): number[][] {
  const [first = 0] = widths
  const sets: number[][] = []
  let used = Infinity
  for (const [column, width] of widths.entries()) {
    if (column === 0) continue
    if (used + GAP + width > WIDTH) {
      sets.push([0])
      used = first
    }
    sets.at(-1)?.push(column)
    used += GAP + width
  }
  return sets.length === 0 ? [[0]] : sets
}

/** Words one after the other, broken where a line would go beyond WIDTH; further lines are indented. */
export function wrapList(lead: string, items: readonly string[]): string {
  const lines: string[] = []
  let line = lead
  for (const [index, item] of items.entries()) {
    const text = index === items.length - 1 ? item : `${item},`
    if (line !== lead && line.length + 1 + text.length > WIDTH) {
      lines.push(line)
      line = `  ${text}`
    } else line = line === '' ? text : `${line} ${text}`
  }
  return [...lines, line].map((each) => `${each}\n`).join('')
}
