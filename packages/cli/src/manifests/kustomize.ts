import { execFile } from 'node:child_process'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { isMap, isScalar, isSeq } from 'yaml'
import { CliError, codeOf, messageOf } from '../errors.ts'
import { parseYaml } from '../yaml.ts'

/** The names under which kustomize looks for its file, in its order. */
const FILE_NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']

/** Fields that say which objects there are, or nothing about objects at all. */
const INERT_FIELDS = new Set(['apiVersion', 'kind', 'metadata', 'resources', 'bases'])

/** The other fields (kustomize: api/types/kustomization.go, current and deprecated). */
const CHANGING_FIELDS = new Set(
  `buildMetadata commonAnnotations commonLabels components configMapGenerator configurations crds
  generatorOptions generators helmCharts helmChartInflationGenerator helmGlobals imageTags images inventory
  labels namePrefix nameSuffix namespace openapi patches patchesJson6902 patchesStrategicMerge replacements
  replicas secretGenerator sortOptions transformers validators vars`.split(/\s+/),
)

export interface Kustomization {
  /** Paths as written, each with its `file:line:column`. */
  readonly resources: readonly { readonly path: string; readonly position: string }[]
  /** The first field that would change or add objects, with its place; undefined where there is none. */
  readonly changes: { readonly field: string; readonly position: string } | undefined
}

/** The kustomization file of a folder, absolute, if it has one. */
export async function findKustomization(folder: string): Promise<string | undefined> {
  for (const name of FILE_NAMES) {
    const path = join(folder, name)
    const exists = await access(path).then(
      () => true,
      () => false,
    )
    if (exists) return path
  }
  return undefined
}

/** @throws CliError (exit code 2) with file:line:column where the text is no kustomization. */
export function readKustomization(text: string, file: string): Kustomization {
  const { root, at } = parseYaml(text, file)
  if (root === null) return { resources: [], changes: undefined }
  if (!isMap(root))
    throw new CliError(`${at(root)}: a kustomization must be a mapping with \`resources\``, 2)

  const resources: { path: string; position: string }[] = []
  let changes: Kustomization['changes']
  for (const { key, value } of root.items) {
    const field = isScalar(key) ? String(key.value) : ''
    if (CHANGING_FIELDS.has(field)) changes ??= { field, position: at(key) }
    else if (!INERT_FIELDS.has(field))
      throw new CliError(`${at(key)}: \`${field}\` is no field of a kustomization; correct it`, 2)
    if (field !== 'resources' && field !== 'bases') continue
    if (!isSeq(value)) throw new CliError(`${at(value)}: \`${field}\` must be a list of paths`, 2)
    for (const item of value.items) {
      const position = at(item)
      if (!isScalar(item) || typeof item.value !== 'string')
        throw new CliError(`${position}: \`${field}\` must hold paths only`, 2)
      // kustomize fetches these; only kubectl can.
      if (/^[a-z+]+:\/\/|^git@|^github\.com\//.test(item.value))
        changes ??= { field: `${field}: ${item.value}`, position }
      resources.push({ path: item.value, position })
    }
  }
  return { resources, changes }
}

/**
 * What `kubectl kustomize FOLDER` prints. It is asked only where a field changes objects: followed
 * resources keep their own file and line in every message.
 *
 * @throws CliError (exit code 2) where kubectl is missing or refuses.
 */
export async function runKustomize(
  folder: string,
  changes: NonNullable<Kustomization['changes']>,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('kubectl', ['kustomize', folder], {
      env,
      maxBuffer: 256 * 1024 * 1024,
    })
    return stdout
  } catch (error) {
    if (codeOf(error) === 'ENOENT')
      throw new CliError(
        `${changes.position}: \`${changes.field}\` changes objects, which needs kubectl, and there is none on the PATH; install kubectl, or pipe the built manifests in by \`-f -\``,
        2,
      )
    throw new CliError(
      `${changes.position}: \`kubectl kustomize\` refused this folder: ${messageOf(error).trim()}`,
      2,
      { cause: error },
    )
  }
}
