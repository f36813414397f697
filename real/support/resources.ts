import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What a test opened, closed in the reverse order. */
export class Resources {
  readonly #closers: (() => Promise<unknown>)[] = []

  /** Remembers how to close something, and returns it. */
  add<T>(resource: T, close: (resource: T) => Promise<unknown>): T {
    this.#closers.unshift(() => close(resource))
    return resource
  }

  /** A temporary folder. */
  folder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'lanes-real-'))
    return this.add(folder, async () => rmSync(folder, { recursive: true, force: true }))
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0)) await close()
  }
}
