import { mkdtempSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CliError, messageOf } from '../errors.ts'

/** Service name -> Service port -> port of the caller's sidecar on 127.0.0.1. */
export type NameTable = Readonly<Record<string, Readonly<Record<string, number>>>>

/**
 * The files in which each workload finds the way to its own sidecar (read by preload.ts). A folder in the
 * system's temporary folder; the reaper removes it.
 */
export class NameFiles {
  readonly folder = makeFolder()

  pathOf(workload: string): string {
    return join(this.folder, `${workload.replaceAll('/', '.')}.json`)
  }

  /** Replaces the table as a whole: a reader sees the old one or the new one. */
  write(workload: string, table: NameTable): void {
    const path = this.pathOf(workload)
    writeFileSync(`${path}.new`, JSON.stringify(table))
    renameSync(`${path}.new`, path)
  }
}

function makeFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'lanes-'))
  } catch (error) {
    throw new CliError(
      `the temporary folder ${tmpdir()} cannot be used: ${messageOf(error)}; create it, or name another by TMPDIR`,
      1,
      { cause: error },
    )
  }
}

/** The URL of the preload, for NODE_OPTIONS. */
export function preloadUrl(): string {
  return import.meta.resolve('../preload.js')
}
