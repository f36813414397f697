import { createServer } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import { currentLane } from '@traffic-lanes/propagation'
import { laneFetch } from '@traffic-lanes/propagation/fetch'
import { onTestFinished } from 'vitest'

/** What one message met: the lane that its handler had, and the one that its call onwards carried. */
export interface Handled {
  readonly name: string
  readonly lane: string
  readonly sent: string
}

/** What every consumer of these tests does with its messages. */
export interface Consumer {
  handle(this: void, name: string): Promise<void>
  /** Every message that was handled, once there are as many as `count`. */
  handled(this: void, count: number): Promise<readonly Handled[]>
}

/** A consumer whose handler calls the next service, which says what came over the wire. */
export async function createConsumer(): Promise<Consumer> {
  const server = createServer((request, response) => {
    response.end(String(request.headers['project-version'] ?? 'none'))
  })
  const url = await new Promise<string>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${portOf(server.address())}`))
  })
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const handled: Handled[] = []
  const waiting: Array<() => void> = []
  return {
    handle: async (name) => {
      await turn()
      const sent = await (await laneFetch(url)).text()
      handled.push({ name, lane: currentLane() ?? 'none', sent })
      for (const wake of waiting) wake()
    },
    handled: async (count) =>
      new Promise((resolve) => {
        const look = (): void => void (handled.length >= count && resolve(handled))
        waiting.push(look)
        look()
      }),
  }
}

function portOf(address: unknown): number {
  return Number(Object(address).port)
}

/** Messages that are named for the lane in which they are sent; some have none. */
export const NAMES: readonly string[] = Array.from({ length: 20 }, (_, index) =>
  index % 4 === 0 ? `none-${index}` : `lane-${index}`,
)

/** The lane of a message's name; null for none. */
export function laneOf(name: string): string | null {
  return name.startsWith('lane-') ? name : null
}

/** What must have happened to every message. */
export function expected(names: readonly string[]): readonly Handled[] {
  return names.map((name) => {
    const lane = laneOf(name) ?? 'none'
    return { name, lane, sent: lane }
  })
}

/** In the order of their names, as brokers keep no order between messages of several senders. */
export function sorted(handled: readonly Handled[]): readonly Handled[] {
  return handled.toSorted((a, b) => a.name.localeCompare(b.name))
}
