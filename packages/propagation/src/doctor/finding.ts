import type { Origin } from './async-sites.ts'

/** What a finding is about: the lane was lost, came from another request, or was sent to a third party. */
export type FindingKind = 'lost' | 'mixed' | 'leaked'

/** One thing that is wrong with the app. */
export interface Finding {
  readonly kind: FindingKind
  /** What happened, in one sentence. */
  readonly what: string
  /** The line of the app that made the call: `/app/cart.js:12:5`; null where no line of the app is on the way. */
  readonly at: string | null
  /** The line that started the work in which it was made, where that is another one. */
  readonly startedAt: string | null
  /** `axios`, `fetch`, `undici`, `node:http`, … */
  readonly client: string
  readonly url: string
  /** What to do. */
  readonly cure: string
}

/** What the doctor has to say. */
export interface Report {
  /** The port on which the app was found. */
  readonly port: number
  /** Requests that were sent to the app, by method and path, and the statuses that came; null for no answer. */
  readonly requests: ReadonlyArray<{
    readonly name: string
    readonly statuses: ReadonlyArray<number | null>
  }>
  /** How many calls the app made for them. */
  readonly calls: number
  readonly findings: readonly Finding[]
}

/** The client by which a call was made. */
export function clientOf({ packages }: Origin): string {
  return packages.find((name) => !PLUMBING.has(name)) ?? 'node:http'
}

// What sits between a client and the wire.
const PLUMBING: ReadonlySet<string> = new Set([
  'agent-base',
  'follow-redirects',
  'http-proxy-agent',
  'https-proxy-agent',
])
