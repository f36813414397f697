import type { Paint } from '../io.ts'

/** One cell: its text, and the colour of it. */
export interface TableCell {
  readonly text: string
  readonly style?: Parameters<Paint>[0]
}

/** The width that a terminal has at the least, and a diff view, and a mail. */
const WIDTH = 80
const GAP = 2

/** A table without lines: columns as wide as their widest cell, two spaces apart. Empty rows are left out. */
export function renderTable(rows: readonly (readonly TableCell[])[], paint: Paint): string {
  const widths = (rows[0] ?? []).map((_cell, column) =>
    Math.max(...rows.map((row) => row[column]?.text.length ?? 0)),
  )
  return rows
    .filter((row) => row.some(({ text }) => text !== ''))
    .map((row) => `${renderRow(row, widths, paint)}\n`)
    .join('')
}

function renderRow(row: readonly TableCell[], widths: readonly number[], paint: Paint): string {
  const last = row.findLastIndex(({ text }) => text !== '')
  return row
    .slice(0, last + 1)
    .map(({ text, style }, column) => {
      const shown = style === undefined ? text : paint(style, text)
      const padding = column === last ? 0 : (widths[column] ?? 0) - text.length + GAP
      return shown + ' '.repeat(padding)
    })
    .join('')
}

/**
 * Which columns stand beside each other within WIDTH, where each set has the same first column before it.
 *
 * @param first The width of that first column.
 * @param widths Those of the others.
 * @returns the places of the others, in sets that are never empty.
 */
export function columnSets(first: number, widths: readonly number[]): number[][] {
  const sets: number[][] = []
  let used = Infinity
  for (const [column, width] of widths.entries()) {
    if (used + GAP + width > WIDTH) {
      sets.push([])
      used = first
    }
    sets.at(-1)?.push(column)
    used += GAP + width
  }
  return sets
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
