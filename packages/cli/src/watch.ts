import { statSync, watch } from 'node:fs'
import type { FSWatcher } from 'node:fs'

/** Editors write a file in several steps: one change is what comes within this time. */
const SETTLE_MS = 100

/** Calls back when something in one of the folders changed, once for a burst of changes. */
export class FolderWatcher {
  readonly #onChange: () => void
  readonly #isRelevant: (name: string) => boolean
  readonly #watchers = new Map<string, { watcher: FSWatcher; inode: number }>()
  #timer: NodeJS.Timeout | undefined

  /** @param isRelevant Whether a change of the file or folder of this name is one. */
  constructor(onChange: () => void, isRelevant: (name: string) => boolean) {
    this.#onChange = onChange
    this.#isRelevant = isRelevant
  }

  /**
   * Watches these folders, not their subfolders, and no others. One that does not exist is left out, one
   * that was made anew is watched anew: so call it again after each change.
   */
  set(folders: readonly string[]): void {
    for (const [folder, { watcher, inode }] of this.#watchers) {
      if (folders.includes(folder) && inodeOf(folder) === inode) continue
      watcher.close()
      this.#watchers.delete(folder)
    }
    for (const folder of folders) {
      const inode = inodeOf(folder)
      if (inode === undefined || this.#watchers.has(folder)) continue
      const watcher = watch(folder, (_event, name) => {
        if (name === null || this.#isRelevant(name)) this.#settle()
      })
      // The folder is gone: reading it again says so.
      watcher.on('error', () => this.#settle())
      this.#watchers.set(folder, { watcher, inode })
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

function inodeOf(folder: string): number | undefined {
  return statSync(folder, { throwIfNoEntry: false })?.ino
}
