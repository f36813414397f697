import { readFile } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { buildMesh, formatDiagnostic, loadManifests, readMeshConfig } from '@traffic-lanes/routing'
import type { Diagnostic, Loaded, Mesh, MeshOptions, Resource } from '@traffic-lanes/routing'
import { CliError, messageOf } from './errors.ts'
import type { Io } from './io.ts'
import { readManifests } from './manifests/read.ts'
import type { Manifests } from './manifests/read.ts'
import { progressOn } from './progress.ts'
import type { Progress } from './progress.ts'

/** The flags by which every command is given its manifests. */
export interface ManifestFlags {
  readonly filename: readonly string[]
  readonly recursive: boolean
  /** A file with Istio's MeshConfig. */
  readonly meshConfig?: string
}

/** The manifests as the engine sees them. */
export interface Project {
  readonly manifests: Manifests
  readonly resources: readonly Resource[]
  readonly mesh: Mesh
  /** Warnings and infos, and errors that did not end the command. */
  readonly diagnostics: readonly Diagnostic[]
  /** Prints them on standard error, but for the infos. */
  readonly warn: (io: Io) => void
}

/** The manifests as they are written. */
export interface Sources {
  readonly manifests: Manifests
  readonly loaded: Loaded
  /** What `--mesh-config` names. */
  readonly given: Loaded & { readonly options: MeshOptions }
}

/**
 * Reads what `-f` names.
 *
 * @throws CliError (exit code 2) where nothing can be read; faults of the manifests are in the result.
 */
export async function readSources(flags: ManifestFlags, io: Io): Promise<Sources> {
  const progress = progressOn(io.stderr)
  try {
    const manifests = await readManifests(flags.filename, {
      cwd: io.cwd,
      recursive: flags.recursive,
      stdin: io.stdin,
      env: io.env,
      onRead: (count) => progress.step('files read', count),
    })
    const loaded = loadAll(manifests, progress)
    const given = await loadMeshConfig(flags.meshConfig, io.cwd)
    return { manifests, loaded, given }
  } finally {
    progress.end()
  }
}

function loadAll({ sources, diagnostics: unread }: Manifests, progress: Progress): Loaded {
  const loaded: Loaded = { resources: [], diagnostics: [...unread] }
  for (const [index, source] of sources.entries()) {
    progress.step('files understood', index, sources.length)
    const { resources, diagnostics } = loadManifests([source])
    for (const resource of resources) loaded.resources.push(resource)
    for (const diagnostic of diagnostics) loaded.diagnostics.push(diagnostic)
  }
  return loaded
}

/** Nothing was found where `-f` points. */
export function noManifests({ filename }: ManifestFlags): CliError {
  const paths = filename.length === 0 ? './k8s' : filename.join(', ')
  return new CliError(`${paths}: no manifests in there; a folder's subfolders need \`-R\``, 2)
}

/**
 * Reads and builds what `-f` names.
 *
 * @param refusals What becomes of objects that a cluster would refuse. `end`: the command, with their errors.
 *   `print`: they are left out as far as they cannot be read, and their errors are among what `warn` prints.
 *   Default: `end`.
 * @throws CliError (exit code 2) that lists every error with file:line:column; always where a file cannot be
 *   read, or holds what is no object.
 */
export async function loadProject(
  flags: ManifestFlags,
  io: Io,
  refusals: 'end' | 'print' = 'end',
): Promise<Project> {
  const { manifests, loaded, given } = await readSources(flags, io)
  const { resources } = loaded
  const mesh = buildMesh([...resources, ...given.resources], given.options)
  const unreadable = [...given.diagnostics, ...loaded.diagnostics]
  const all = [...unreadable, ...mesh.diagnostics]
  const blocking = refusals === 'end' ? all.filter(({ code }) => !SERVED.has(code)) : unreadable
  const errors = blocking.filter(({ level }) => level === 'error')
  if (errors.length > 0) throw new CliError(errors.map(formatDiagnostic).join('\n'), 2)
  if (resources.length === 0) throw noManifests(flags)
  const said = all.filter(({ level }) => level !== 'info').map(formatDiagnostic)
  const warn = ({ stderr }: Io): void => {
    for (const line of said) stderr.write(`${line}\n`)
  }
  return { manifests, resources, mesh, diagnostics: all, warn }
}

/** Errors of objects that a cluster takes nevertheless: Istio then tells of them in their status. */
const SERVED: ReadonlySet<string> = new Set(['refused-route'])

/** What `--mesh-config` names: the bare text, or the ConfigMap that holds it, as `kubectl get` prints it. */
async function loadMeshConfig(path: string | undefined, cwd: string): Promise<Sources['given']> {
  if (path === undefined) return { resources: [], diagnostics: [], options: {} }
  const file = relative(cwd, resolve(cwd, path))
  const text = await readFile(resolve(cwd, path), 'utf8').catch((error: unknown) => {
    throw new CliError(`--mesh-config ${file}: cannot be read: ${messageOf(error)}`, 2, {
      cause: error,
    })
  })
  const { resources } = loadManifests([{ file, text }])
  if (resources.some(({ kind }) => kind === 'ConfigMap'))
    return { resources, diagnostics: [], options: {} }
  const { meshConfig, diagnostics } = readMeshConfig({ file, text })
  return { resources: [], diagnostics: [...diagnostics], options: { meshConfig } }
}
