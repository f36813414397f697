import { formatDiagnostic, loadManifests, buildMesh } from '@traffic-lanes/routing'
import type { Diagnostic, Mesh } from '@traffic-lanes/routing'
import { CliError } from './errors.ts'
import type { Io } from './io.ts'
import { readManifests } from './manifests/read.ts'
import type { Manifests } from './manifests/read.ts'

/** The flags by which every command is given its manifests. */
export interface ManifestFlags {
  readonly filename: readonly string[]
  readonly recursive: boolean
}

/** The manifests as the engine sees them. */
export interface Project {
  readonly manifests: Manifests
  readonly mesh: Mesh
  /** Warnings and infos; errors end the command. */
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Reads and builds what `-f` names.
 *
 * @throws CliError (exit code 2) that lists every error with file:line:column.
 */
export async function loadProject(flags: ManifestFlags, io: Io): Promise<Project> {
  const manifests = await readManifests(flags.filename, {
    cwd: io.cwd,
    recursive: flags.recursive,
    stdin: io.stdin,
    env: io.env,
  })
  const { resources, diagnostics } = loadManifests(manifests.sources)
  const mesh = buildMesh(resources)
  const all = [...diagnostics, ...mesh.diagnostics]
  const errors = all.filter(({ level }) => level === 'error')
  if (errors.length > 0) throw new CliError(errors.map(formatDiagnostic).join('\n'), 2)
  if (resources.length === 0) {
    const paths = flags.filename.length === 0 ? './k8s' : flags.filename.join(', ')
    throw new CliError(`${paths}: no manifests in there; a folder's subfolders need \`-R\``, 2)
  }
  return { manifests, mesh, diagnostics: all }
}
