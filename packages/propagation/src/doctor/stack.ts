import { fileURLToPath } from 'node:url'

/** What a stack says of who is in it. */
export interface Sites {
  /** Lines of the app, the innermost first: `/app/cart.js:12:5`. */
  readonly sites: readonly string[]
  /**
   * Packages of node_modules inside of the first of them, the outermost first; `fetch` for that of Node itself.
   * What stands outside called the app, as a framework does.
   */
  readonly packages: readonly string[]
}

/** This package, whose own lines are of no interest. */
const OWN = fileURLToPath(new URL('..', import.meta.url))

/** Reads the text of a stack. */
export function sitesIn(stack: string): Sites {
  const sites: string[] = []
  const packages: string[] = []
  for (const line of stack.split('\n').slice(1)) {
    const [, place = ''] = /\(?((?:file:\/\/|\/|[A-Z]:\\|node:)[^()]*:\d+:\d+)\)?$/.exec(line) ?? []
    const path = place.startsWith('file://') ? pathOf(place) : place
    if (path === '' || path.startsWith(OWN)) continue
    const name = packageOf(path)
    if (name !== undefined) {
      if (sites.length === 0) packages.unshift(name)
    } else if (!path.startsWith('node:')) sites.push(path)
  }
  return { sites, packages }
}

function pathOf(place: string): string {
  const [, url = '', position = ''] = /^(.*?)(:\d+:\d+)$/.exec(place) ?? []
  return `${fileURLToPath(url)}${position}`
}

function packageOf(path: string): string | undefined {
  if (path.startsWith('node:internal/deps/undici')) return 'fetch'
  const [, name] = /.*[/\\]node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)/.exec(path) ?? []
  return name?.replace('\\', '/')
}
