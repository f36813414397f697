import { cutHops } from './hop.ts'
import type { TrailHop } from './hop.ts'

/** The longest header that is written, in bytes. */
export const MAX_BYTES = 2048

/** The most hops that are written. */
export const MAX_HOPS = 64

/**
 * Writes a trail as the header `lanes-trail` has it. The lane is said once, at the end, and at the hops that it
 * did not reach:
 *
 *     testaaa@release-v1 > [testbbb@release > testddd@release, testccc@release (no lane)]; lane=release-v1
 *
 * `(no lane)` and `(lane=other)` tell that a hop got another lane than the one before it. `+3` stands for three
 * hops that found no room: at most 64 are written, and 2048 bytes.
 */
export function formatTrail(root: TrailHop): string {
  for (let count = MAX_HOPS; count > 1; count = Math.floor(count / 2)) {
    const text = formatWhole(cutHops(root, count))
    if (text.length <= MAX_BYTES) return text
  }
  return formatWhole(cutHops(root, 1))
}

function formatWhole(root: TrailHop): string {
  const lane = root.lane === undefined ? '' : `; lane=${encodeLane(root.lane)}`
  return `${formatHop(root, root.lane)}${lane}`
}

function formatHop({ name, lane, calls, more }: TrailHop, expected: string | undefined): string {
  const mark = lane === undefined ? ' (no lane)' : ` (lane=${encodeLane(lane)})`
  const branches = calls.map((call) => formatHop(call, lane))
  if (more > 0) branches.push(`+${more}`)
  const below = branches.length > 1 ? `[${branches.join(', ')}]` : branches.join('')
  return `${name}${lane === expected ? '' : mark}${below === '' ? '' : ` > ${below}`}`
}

// A pattern of one's own may take what the grammar uses.
function encodeLane(lane: string): string {
  return lane.replaceAll(
    /[^-._/A-Za-z0-9]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}
