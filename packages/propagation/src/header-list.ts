/**
 * Headers in a row, as node:http and undici take them: `[name, value, name, value]`, or `[[name, value]]`.
 */
type HeaderList = readonly unknown[]

/** The value of the first header of this name, in whatever case; undefined where there is none. */
export function readList(list: HeaderList, header: string): unknown {
  if (isPairs(list)) return list.find((pair) => isNamed(pair[0], header))?.[1]
  const at = list.findIndex((name, index) => index % 2 === 0 && isNamed(name, header))
  return at === -1 ? undefined : (list[at + 1] ?? '')
}

/** A copy with one more header, in the form that the list has. A list that is broken is left to its reader. */
export function addToList(list: HeaderList, header: string, value: string): HeaderList {
  if (!isPairs(list) && list.length % 2 !== 0) return list
  return isPairs(list) && list.length > 0 ? [...list, [header, value]] : [...list, header, value]
}

/** A copy without the headers of this name. */
export function removeFromList(list: HeaderList, header: string): unknown[] {
  if (isPairs(list)) return list.filter((pair) => !isNamed(pair[0], header))
  return list.filter((_, index) => !isNamed(list[index - (index % 2)], header))
}

// Node decides by the first entry.
function isPairs(list: HeaderList): list is ReadonlyArray<readonly unknown[]> {
  return Array.isArray(list[0])
}

function isNamed(name: unknown, header: string): boolean {
  return typeof name === 'string' && name.length === header.length && name.toLowerCase() === header
}
