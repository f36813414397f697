import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** buildah with a storage of its own, which needs neither a daemon nor a file system with overlays. */
export class Buildah {
  readonly #path: string
  readonly #storage: readonly string[]

  constructor(path: string, folder: string) {
    this.#path = path
    this.#storage = [
      '--root',
      `${folder}/root`,
      '--runroot',
      `${folder}/run`,
      '--storage-driver',
      'vfs',
    ]
  }

  /** @returns what it printed; @throws with all that it said */
  async run(...args: readonly string[]): Promise<string> {
    const { stdout } = await run(this.#path, [...this.#storage, ...args], { maxBuffer: 2 ** 26 })
    return stdout.trim()
  }
}

/** As much of `buildah inspect --type image` as is looked at. */
export interface Image {
  readonly OCIv1: {
    readonly config: {
      readonly User: string
      readonly Cmd: readonly string[]
      readonly Env: readonly string[]
      readonly Labels: Readonly<Record<string, string>>
    }
    readonly rootfs: { readonly diff_ids: readonly string[] }
    readonly history: readonly { readonly created_by: string; readonly empty_layer?: boolean }[]
  }
}
