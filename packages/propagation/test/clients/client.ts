import type { Propagator } from '../../src/index.ts'

/** Requests a URL, with headers of the caller, and waits for the end of it. */
export type Call = (url: string, headers?: Readonly<Record<string, string>>) => Promise<unknown>

/** One version of one client, as the tests of all clients use it. */
export interface Client {
  /** The name in pnpm-workspace.yaml, which tells the version: `undici-5`; and what is used of it. */
  readonly name: string
  /**
   * Makes a client that carries lanes by our integration, finds every host on this machine, follows redirects
   * and has at most two connections to each; it is closed when the test ends.
   */
  readonly connect: (propagator: Propagator) => Promise<Call> | Call
}

/** Whether a package says that it runs on this Node: `>=22.19.0`, say, of its `engines`. */
export function runsHere(lowest: `${number}.${number}`): boolean {
  const [major = 0, minor = 0] = lowest.split('.').map(Number)
  const [here = 0, hereMinor = 0] = process.versions.node.split('.').map(Number)
  return here > major || (here === major && hereMinor >= minor)
}
