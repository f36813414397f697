/**
 * Headers in a row, as node:http and undici take them: `[name, value, name, value]`, or `[[name, value]]`.
 */
export type HeaderList = readonly unknown[]

/** The value of the first header of this name, in whatever case; undefined where there is none. */
export function readList(list: HeaderList, header: string): unknown {
  if (isPairs(list)) return list.find((pair) => isNamed(pair[0], header))?.[1]
  const at = list.findIndex((name, index) => index % 2 === 0 && isNamed(name, header))
  return at === -1 ? undefined : (list[at + 1] ?? '')
}

/**
 * A copy in which the headers of this name are replaced by one, in the form that the list has, or by none where
 * `value` is undefined. A list that is broken is left to its reader.
 */
export function setInList(list: HeaderList, header: string, value: unknown): unknown[] {
  if (isPairs(list)) {
    const others = list.filter((pair) => !isNamed(pair[0], header))
    if (value === undefined) return others
    return others.length > 0 ? [...others, [header, value]] : [header, value]
  }
  if (list.length % 2 !== 0) return [...list]
  const others = list.filter((_, index) => !isNamed(list[index - (index % 2)], header))
  return value === undefined ? others : [...others, header, value]
}

// Node decides by the first entry.
function isPairs(list: HeaderList): list is ReadonlyArray<readonly unknown[]> {
  return Array.isArray(list[0])
}

function isNamed(name: unknown, header: string): boolean {
  return typeof name === 'string' && name.length === header.length && name.toLowerCase() === header
}
