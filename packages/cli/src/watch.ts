import { watch } from 'node:fs'
import type { FSWatcher } from 'node:fs'

/** Editors write a file in several steps: one change is what comes within this time. */
const SETTLE_MS = 100

/** Calls back when something in one of the folders changed, once for a burst of changes. */
export class FolderWatcher {
  readonly #onChange: () => void
  readonly #watchers = new Map<string, FSWatcher>()
  #timer: NodeJS.Timeout | undefined

  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  /** Watches these folders, not their subfolders, and no others. */
  set(folders: readonly string[]): void {
    for (const [folder, watcher] of this.#watchers) {
      if (folders.includes(folder)) continue
      watcher.close()
      this.#watchers.delete(folder)
    }
    for (const folder of folders) {
      if (this.#watchers.has(folder)) continue
      const watcher = watch(folder, () => this.#settle())
      // The folder is gone: reading it again says so.
      watcher.on('error', () => this.#settle())
      this.#watchers.set(folder, watcher)
    }
  }

  close(): void {
    clearTimeout(this.#timer)
    this.set([])
  }

  #settle(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#onChange, SETTLE_MS)
  }
}
