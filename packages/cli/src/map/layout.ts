import { plainSample, sampleName } from '../reach/samples.ts'
import type { Cell, Column, LaneMap, Mark, Section } from './map.ts'

/** A section as a table shows it: what does not differ by lane is taken out of the table. */
export interface Layout {
  /** The columns in which some lane differs. */
  readonly columns: readonly LanedColumn[]
  /** What goes the same way in every lane. */
  readonly same: readonly { readonly name: string; readonly cell: Cell }[]
}

export interface LanedColumn {
  readonly name: string
  /** '' for the plain request. */
  readonly request: string
  /** One a lane, in the order of the lanes. */
  readonly cells: readonly Cell[]
}

export function layoutOf({ columns }: Section): Layout {
  const short = shortNames(columns)
  return {
    columns: columns.filter(isLaned).map((column) => ({
      name: short(column),
      request: requestName(column),
      cells: column.cells,
    })),
    same: columns
      .filter((column) => !isLaned(column))
      .flatMap((column) => {
        const [cell] = column.cells
        const name = `${short(column)} ${requestName(column)}`.trim()
        return cell === undefined ? [] : [{ name, cell }]
      }),
  }
}

/** A row for no lane, and for each lane that differs from it in one of the columns. */
export function rowsOf(
  columns: readonly LanedColumn[],
  lanes: LaneMap['lanes'],
): { readonly lane: string; readonly cells: readonly Cell[] }[] {
  return lanes.flatMap((lane, index) => {
    const differs = columns.some(({ cells }) => cells[index]?.text !== cells[0]?.text)
    if (index > 0 && !differs) return []
    return [{ lane: lane ?? NO_LANE, cells: columns.flatMap(({ cells }) => cells[index] ?? []) }]
  })
}

const NO_LANE = 'no lane'

/** Said below the tables. */
export const NOT_LISTED = 'a lane that is not listed goes as no lane'

function isLaned({ cells }: Column): boolean {
  return cells.some(({ text }) => text !== cells[0]?.text)
}

/** '' for the plain request; `/api and 2 more` where others go the same way. */
export function requestName({ sample, others }: Column): string {
  const name = sampleName(sample)
  if (name === sampleName(plainSample)) return ''
  return name.replace(/^GET (\/ )?/, '') + (others === 0 ? '' : ` and ${others} more`)
}

/** Without the namespace where all Services are of one. */
export function shortNames(columns: readonly Column[]): (column: Column) => string {
  const namespaces = new Set(columns.flatMap(({ target }) => target.namespace ?? []))
  return ({ target: { name, namespace } }) =>
    namespace === null || namespaces.size > 1 ? name : name.replace(`.${namespace}:`, ':')
}

/** How a mark is shown, and what it means. */
export const MARKS: Readonly<
  Record<
    Mark,
    {
      readonly sign: string
      readonly style: 'green' | 'dim' | 'red' | 'yellow' | 'cyan'
      readonly means: string
    }
  >
> = {
  own: { sign: '●', style: 'green', means: 'own version' },
  baseline: { sign: '·', style: 'dim', means: 'baseline' },
  error: { sign: '✗', style: 'red', means: 'error' },
  any: { sign: '?', style: 'yellow', means: 'any version' },
  other: { sign: '→', style: 'cyan', means: 'another version' },
}

/** The marks that the map uses, in their order. */
export function marksOf({ sections }: LaneMap): Mark[] {
  const used = new Set(
    sections.flatMap(({ columns }) =>
      columns.flatMap(({ cells }) => cells.map(({ mark }) => mark)),
    ),
  )
  return MARK_ORDER.filter((mark) => used.has(mark))
}

const MARK_ORDER: readonly Mark[] = ['own', 'baseline', 'error', 'any', 'other']
