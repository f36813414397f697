import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Manifest, Question, World } from '../world.ts'

/** A world that is kept, with the answers that the oracle gave. */
export interface Case {
  readonly name: string
  readonly folder: string
  readonly world: World
  /** SHA-256 of all that the answers depend on. */
  readonly input: string
}

const repository = join(import.meta.dirname, '../../..')

export const casesFolder = join(repository, 'conformance/cases')

/** All cases, by name. */
export function readCases(folder = casesFolder): Case[] {
  return readdirSync(folder)
    .toSorted()
    .map((name) => readCase(folder, name))
}

/**
 * `*.yaml` are manifests, but for `mesh-config.yaml`; `manifests.txt` names files and folders elsewhere in the
 * repository, one a line; `requests.jsonl` has a request a line, absent fields at their defaults.
 */
function readCase(parent: string, name: string): Case {
  const folder = join(parent, name)
  const own = yamlFiles(folder).filter((file) => !file.endsWith('/mesh-config.yaml'))
  const elsewhere = readOptional(join(folder, 'manifests.txt'))
  const named = (elsewhere ?? '').split('\n').filter((line) => line !== '')
  const files = [...named.flatMap((path) => yamlFiles(join(repository, path))), ...own]
  const world: World = {
    id: name,
    manifests: files.map((file): Manifest => ({
      file: relative(repository, file),
      text: readFileSync(file, 'utf8'),
    })),
    meshConfig: readOptional(join(folder, 'mesh-config.yaml')),
    requests: readRequests(join(folder, 'requests.jsonl')),
  }
  const { manifests, meshConfig, requests } = world
  const input = createHash('sha256')
    .update(JSON.stringify({ manifests, meshConfig, requests }))
    .digest('hex')
  return { name, folder, world, input }
}

function yamlFiles(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml') && !file.endsWith('kustomization.yaml'))
    .toSorted()
    .map((file) => join(path, file))
}

function readOptional(file: string): string | null {
  return existsSync(file) ? readFileSync(file, 'utf8') : null
}

function readRequests(file: string): Question[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.flatMap((line): Question[] => {
    if (line.trim() === '') return []
    const written: Partial<Question> & Pick<Question, 'from' | 'url'> = JSON.parse(line)
    return [
      {
        method: 'GET',
        host: null,
        headers: {},
        http: '1.1',
        address: null,
        ...written,
      },
    ]
  })
}
