import type { Caller } from './callers.ts'

/** How many are named before the rest is counted. */
const NAMED = 4

/**
 * Who calls, in a few words: `in mesh (6 workloads)`, `in mesh: shop/cart, shop/pay`, `gateway shop/door`.
 *
 * @param all Everybody of that kind, so that "in mesh" can stand for all of them.
 */
export function callerName(
  caller: Pick<Caller, 'kind' | 'members'>,
  all: readonly string[],
): string {
  const { kind, members } = caller
  if (kind === 'outside') return 'outside (no sidecar)'
  if (kind === 'router') return `gateway ${named(members)}`
  if (members.length === all.length)
    return members.length === 1
      ? `in mesh: ${named(members)}`
      : `in mesh (${members.length} workloads)`
  const namespaces = new Set(members.map(namespaceOf))
  const isWhole = all.every((one) => !namespaces.has(namespaceOf(one)) || members.includes(one))
  return isWhole && members.length > NAMED
    ? `in mesh: ${[...namespaces].map((one) => `namespace ${one}`).join(', ')}`
    : `in mesh: ${named(members)}`
}

function named(members: readonly string[]): string {
  const names = members.slice(0, NAMED).map((id) => id.slice(id.indexOf('/') + 1))
  const more = members.length - names.length
  return names.join(', ') + (more === 0 ? '' : ` and ${more} more`)
}

function namespaceOf(id: string): string {
  return id.split('/')[1] ?? ''
}
