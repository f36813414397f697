import { compareText, isWildcard } from './host.ts'

/**
 * What names hosts, wildcards among them, found by a host without walking all of it; always in the order in which
 * it was given.
 */
export class HostLookup<T> {
  readonly #items: readonly T[]
  /** The places of items by a host as it is written. */
  readonly #byHost = new Map<string, number[]>()
  /** How long the wildcards are without their asterisk. */
  readonly #lengths = new Set<number>()
  readonly #hostsOf: (item: T) => readonly string[]
  #byEnd: readonly HostEnd[] | null = null

  constructor(items: readonly T[], hostsOf: (item: T) => readonly string[]) {
    this.#items = items
    this.#hostsOf = hostsOf
    for (const [place, item] of items.entries()) {
      for (const host of hostsOf(item)) {
        if (isWildcard(host)) this.#lengths.add(host.length - 1)
        const known = this.#byHost.get(host)
        if (known === undefined) this.#byHost.set(host, [place])
        else known.push(place)
      }
    }
  }

  /** Those with a host that has a name in common with one of these (see `hostsOverlap`). */
  overlapping(...hosts: readonly string[]): T[] {
    const places = new Set<number>()
    for (const host of hosts) for (const place of this.#placesOf(host)) places.add(place)
    const found: T[] = []
    for (const place of [...places].toSorted((a, b) => a - b)) {
      const item = this.#items[place]
      if (item !== undefined) found.push(item)
    }
    return found
  }

  /** Whether all that the host stands for is named (see `hostIsWithin`). */
  isCovered(host: string): boolean {
    return this.#covering(host).next().done === false
  }

  *#placesOf(host: string): Generator<number> {
    yield* this.#covering(host)
    if (isWildcard(host)) yield* this.#within(host.slice(1))
  }

  *#covering(host: string): Generator<number> {
    yield* this.#byHost.get(host) ?? []
    const body = isWildcard(host) ? host.slice(1) : host
    for (const length of this.#lengths) {
      if (length > body.length) continue
      yield* this.#byHost.get(`*${body.slice(body.length - length)}`) ?? []
    }
  }

  /** Hosts that end alike stand together where they are sorted from their ends. */
  *#within(end: string): Generator<number> {
    this.#byEnd ??= this.#sortByEnd()
    const wanted = reversed(end)
    let low = 0
    let high = this.#byEnd.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compareText(this.#byEnd[middle]?.end ?? '', wanted) < 0) low = middle + 1
      else high = middle
    }
    for (let at = low; this.#byEnd[at]?.end.startsWith(wanted) === true; at += 1) {
      yield this.#byEnd[at]?.place ?? 0
    }
  }

  #sortByEnd(): HostEnd[] {
    return this.#items
      .flatMap((item, place) =>
        this.#hostsOf(item).map((host) => ({
          end: reversed(isWildcard(host) ? host.slice(1) : host),
          place,
        })),
      )
      .toSorted((a, b) => compareText(a.end, b.end))
  }
}

/** A host without its asterisk, from its end to its beginning. */
interface HostEnd {
  readonly end: string
  readonly place: number
}

function reversed(text: string): string {
  let turned = ''
  for (let at = text.length - 1; at >= 0; at -= 1) turned += text.charAt(at)
  return turned
}
