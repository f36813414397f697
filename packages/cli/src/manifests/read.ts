import { readFileSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, extname, join, relative, resolve } from 'node:path'
import { formatDiagnostic } from '@traffic-lanes/routing'
import type { Diagnostic } from '@traffic-lanes/routing'
import { CliError, codeOf, messageOf } from '../errors.ts'
import { findKustomization, readKustomization, runKustomize } from './kustomize.ts'
import type { Kustomization } from './kustomize.ts'
import { notText } from './not-text.ts'

/** One text of manifests: a file, standard input, or what `kubectl kustomize` printed. */
interface Source {
  /** Relative to the working directory, as messages print it; `-` for standard input. */
  readonly file: string
  readonly text: string
}

export interface Manifests {
  readonly sources: readonly Source[]
  /** Absolute folders whose files were read: a change in one may change the manifests. */
  readonly folders: readonly string[]
  /** The files that are no text; nothing is read from them. */
  readonly diagnostics: readonly Diagnostic[]
}

export interface ReadOptions {
  readonly cwd: string
  /** `-R`: a folder without a kustomization.yaml means its subfolders too. Default false. */
  readonly recursive?: boolean
  /** Standard input, for the path `-`. */
  readonly stdin?: () => Promise<Uint8Array>
  /** The environment in which `kubectl` is looked up. */
  readonly env: NodeJS.ProcessEnv
  /** Is told after each file how many have been read. */
  readonly onRead?: (count: number) => void
}

/** The folder that is read when no `-f` is given. */
const DEFAULT_PATH = 'k8s'

/**
 * Reads the manifests that `-f PATH` names, in kubectl's sense: a file; `-` for standard input; a folder
 * with a kustomization.yaml, whose `resources` are followed; a folder without, whose .yaml, .yml and
 * .json files are read in the order of their names. A file reached twice is read once.
 *
 * @throws CliError (exit code 2) where a path cannot be read; a file that is no text is in the result.
 */
export async function readManifests(
  paths: readonly string[],
  options: ReadOptions,
): Promise<Manifests> {
  const reader = new Reader(options)
  for (const path of paths.length === 0 ? [DEFAULT_PATH] : paths) {
    if (path === '-') await reader.readStdin()
    else await reader.readPath(resolve(options.cwd, path), `\`-f ${path}\``, paths.length === 0)
  }
  const { sources, folders, diagnostics } = reader
  return { sources, folders: [...folders], diagnostics }
}

class Reader {
  readonly sources: Source[] = []
  readonly folders = new Set<string>()
  readonly diagnostics: Diagnostic[] = []
  readonly #seen = new Set<string>()
  readonly #options: ReadOptions

  constructor(options: ReadOptions) {
    this.#options = options
  }

  async readStdin(): Promise<void> {
    const { stdin } = this.#options
    if (stdin === undefined || this.#seen.has('-')) return
    this.#seen.add('-')
    this.#add('-', await stdin())
  }

  /** @param origin What named this path: `-f k8s`, or a line of a kustomization.yaml. */
  async readPath(path: string, origin: string, isDefault = false): Promise<void> {
    const stats = await stat(path).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') throw unreadable(path, error)
      const missing = isDefault
        ? `there is no ./${DEFAULT_PATH} folder here; say where the manifests are by \`-f PATH\``
        : `${origin}: there is no file or folder ${this.#display(path)}; correct the path`
      throw new CliError(missing, 2)
    })
    if (stats.isDirectory()) await this.#readFolder(path, [])
    else await this.#readFile(path)
  }

  async #readFolder(folder: string, parents: readonly string[]): Promise<void> {
    this.folders.add(folder)
    const kustomization = await findKustomization(folder)
    if (kustomization === undefined) await this.#readPlainFolder(folder)
    else await this.#readKustomized(folder, kustomization, parents)
  }

  async #readPlainFolder(folder: string): Promise<void> {
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      throw unreadable(this.#display(folder), error)
    })
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) {
        if (this.#options.recursive === true) {
          this.folders.add(path)
          await this.#readPlainFolder(path)
        }
      } else if (!EXTENSIONS.has(extname(entry.name))) continue
      else if (entry.isFile()) this.#readPlainFile(path)
      else await this.#readFile(path)
    }
  }

  async #readKustomized(folder: string, file: string, parents: readonly string[]): Promise<void> {
    if (parents.includes(folder))
      throw new CliError(`${this.#display(file)}: this kustomization includes itself`, 2)
    if (this.#seen.has(file)) return
    this.#seen.add(file)

    const shown = this.#display(file)
    const kustomization = readKustomization(decode(await readFile(file), shown), shown)
    if (kustomization.changes !== undefined) {
      const text = await runKustomize(folder, kustomization.changes, this.#options.env)
      this.sources.push({ file: `kubectl kustomize ${this.#display(folder)}`, text })
      await this.#noteFolders(folder, kustomization)
      return
    }
    for (const { path, position } of kustomization.resources) {
      const target = resolve(folder, path)
      const stats = await stat(target).catch(() => undefined)
      if (stats === undefined)
        throw new CliError(
          `${position}: \`resources\` names "${path}", and there is no such file or folder; correct the path`,
          2,
        )
      if (!stats.isDirectory()) {
        this.folders.add(dirname(target))
        await this.#readFile(target)
      } else if ((await findKustomization(target)) === undefined)
        throw new CliError(
          `${position}: \`resources\` names the folder "${path}", which holds no kustomization.yaml; add one or list its files`,
          2,
        )
      else await this.#readFolder(target, [...parents, folder])
    }
  }

  /** The folders that kubectl reads for this kustomization, as far as its resources name them. */
  async #noteFolders(folder: string, { resources }: Kustomization): Promise<void> {
    for (const { path } of resources) {
      const target = resolve(folder, path)
      const file = await findKustomization(target)
      const place = file === undefined ? dirname(target) : target
      if (this.folders.has(place)) continue
      this.folders.add(place)
      if (file === undefined) continue
      const shown = this.#display(file)
      await this.#noteFolders(target, readKustomization(decode(await readFile(file), shown), shown))
    }
  }

  async #readFile(path: string): Promise<void> {
    if (this.#isSeen(path)) return
    const file = this.#display(path)
    const bytes = await readFile(path).catch((error: unknown) => {
      throw unreadable(file, error)
    })
    this.#add(file, bytes)
  }

  /** A file of a folder, which holds thousands: what is on disk is there ten times sooner without a promise. */
  #readPlainFile(path: string): void {
    if (this.#isSeen(path)) return
    const file = this.#display(path)
    let bytes: Uint8Array
    try {
      bytes = readFileSync(path)
    } catch (error) {
      throw unreadable(file, error)
    }
    this.#add(file, bytes)
  }

  #isSeen(path: string): boolean {
    if (this.#seen.has(path)) return true
    this.#seen.add(path)
    this.folders.add(dirname(path))
    return false
  }

  #add(file: string, bytes: Uint8Array): void {
    const text = textOf(bytes)
    if (text === null) this.diagnostics.push(notText(file, bytes))
    this.sources.push({ file, text: text ?? '' })
    this.#options.onRead?.(this.sources.length)
  }

  #display(path: string): string {
    return relative(this.#options.cwd, path) || '.'
  }
}

/** What kubectl reads in a folder. */
const EXTENSIONS = new Set(['.yaml', '.yml', '.json'])

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** null: it is none. */
function textOf(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes)
  } catch {
    return null
  }
}

/** @throws CliError (exit code 2) where it is none. */
function decode(bytes: Uint8Array, file: string): string {
  const text = textOf(bytes)
  if (text === null) throw new CliError(formatDiagnostic(notText(file, bytes)), 2)
  return text
}

function unreadable(path: string, error: unknown): CliError {
  return new CliError(`${path}: cannot be read: ${messageOf(error)}`, 2, { cause: error })
}
