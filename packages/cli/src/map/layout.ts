import { plainSample, sampleName } from '../reach/samples.ts'
import type { Cell, Column, LaneMap, Mark, Section } from './map.ts'

/** A section as a table shows it: what does not differ by lane is taken out of the table. */
export interface Layout {
  /** The columns in which some lane differs. */
  readonly columns: readonly { readonly name: string; readonly request: string }[]
  /** Lanes that go the same way are one row. */
  readonly rows: readonly { readonly lanes: string; readonly cells: readonly Cell[] }[]
  /** Lanes that have no version of their own anywhere. */
  readonly asNoLane: readonly string[]
  /** What goes the same way in every lane. */
  readonly same: readonly { readonly name: string; readonly cell: Cell }[]
}

const NO_LANE = 'no lane'

export function layoutOf({ columns }: Section, lanes: LaneMap['lanes']): Layout {
  const short = shortNames(columns)
  const laned = columns.filter(isLaned)
  const groups = new Map<string, { lanes: string[]; cells: Cell[] }>()
  for (const [index, lane] of lanes.entries()) {
    const cells = laned.flatMap((column) => column.cells[index] ?? [])
    const key = JSON.stringify(cells.map(({ text, mark }) => [text, mark]))
    const name = lane ?? NO_LANE
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { lanes: [name], cells })
    else group.lanes.push(name)
  }
  const rows = [...groups.values()]
  // Without a lane is the first, where it is asked for; many lanes may go with it.
  const asNoLane = lanes[0] === null && laned.length > 0 ? (rows[0]?.lanes.splice(1) ?? []) : []
  return {
    columns: laned.map((column) => ({ name: short(column), request: requestName(column) })),
    rows:
      laned.length === 0
        ? []
        : rows.map(({ lanes: names, cells }) => ({ lanes: names.join(', '), cells })),
    asNoLane,
    same: columns
      .filter((column) => !isLaned(column))
      .flatMap((column) => {
        const [cell] = column.cells
        const request = requestName(column)
        const name = request === '' ? short(column) : `${short(column)} ${request}`
        return cell === undefined ? [] : [{ name, cell }]
      }),
  }
}

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
