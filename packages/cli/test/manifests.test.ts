import { chmodSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readManifests } from '../src/manifests/read.ts'
import type { ReadOptions } from '../src/manifests/read.ts'
import { tree } from './tree.ts'

const KUSTOMIZATION = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n'
const NAMESPACE = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: one }\n'

async function files(
  paths: readonly string[],
  cwd: string,
  options: Partial<ReadOptions> = {},
): Promise<string[]> {
  const { sources } = await readManifests(paths, { cwd, env: process.env, ...options })
  return sources.map(({ file }) => file)
}

describe('a path that is a file', () => {
  it('is read, whatever its name', async () => {
    const cwd = tree({ 'routes.txt': NAMESPACE })
    expect(await files(['routes.txt'], cwd)).toEqual(['routes.txt'])
  })

  it('is read once when it is named twice', async () => {
    const cwd = tree({ 'a.yaml': NAMESPACE, 'b.yaml': NAMESPACE })
    expect(await files(['a.yaml', './a.yaml', 'b.yaml'], cwd)).toEqual(['a.yaml', 'b.yaml'])
  })

  it('that does not exist is named, with the flag that named it', async () => {
    await expect(files(['nowhere'], tree({}))).rejects.toThrow(
      '`-f nowhere`: there is no file or folder nowhere; correct the path',
    )
  })

  it.each([
    ['another encoding', Uint8Array.of(0xff, 0xfe, 0x00), 1, 1],
    ['a byte that begins no letter', Buffer.from('a: b\nc: \xe4\n', 'latin1'), 2, 4],
    ['half a letter at the end', Buffer.from('é: 1\né: 2\n\xc3', 'latin1'), 1, 1],
    ['half a letter', Buffer.concat([Buffer.from('ü: ü\n ü'), Buffer.of(0xc3)]), 2, 3],
  ])('that is not UTF-8 is told with its place: %s', async (_name, bytes, line, column) => {
    const cwd = tree({ 'a.yaml': bytes, 'b.yaml': NAMESPACE })
    const { sources, diagnostics } = await readManifests(['.'], { cwd, env: process.env })
    expect(diagnostics).toMatchObject([
      { code: 'not-text', level: 'error', position: { file: 'a.yaml', line, column } },
    ])
    expect(sources.map(({ text }) => text)).toEqual(['', NAMESPACE])
  })
})

describe('no path', () => {
  it('means the folder k8s', async () => {
    expect(await files([], tree({ 'k8s/a.yaml': NAMESPACE }))).toEqual(['k8s/a.yaml'])
  })

  it('says what to do where there is no such folder', async () => {
    await expect(files([], tree({}))).rejects.toThrow(
      'there is no ./k8s folder here; say where the manifests are by `-f PATH`',
    )
  })
})

describe('the path -', () => {
  it('is standard input, read once', async () => {
    const stdin = (): Promise<Uint8Array> => Promise.resolve(Buffer.from(NAMESPACE))
    const { sources } = await readManifests(['-', '-'], { cwd: tree({}), env: {}, stdin })
    expect(sources).toEqual([{ file: '-', text: NAMESPACE }])
  })
})

describe('a folder without a kustomization', () => {
  const given = {
    'k8s/b.yml': NAMESPACE,
    'k8s/a.yaml': NAMESPACE,
    'k8s/c.json': '{}',
    'k8s/notes.md': 'no manifest',
    'k8s/deep/d.yaml': NAMESPACE,
  }

  it('means the YAML and JSON files in it, in the order of their names', async () => {
    expect(await files(['k8s'], tree(given))).toEqual(['k8s/a.yaml', 'k8s/b.yml', 'k8s/c.json'])
  })

  it('means its subfolders too with -R', async () => {
    expect(await files(['k8s'], tree(given), { recursive: true })).toEqual([
      'k8s/a.yaml',
      'k8s/b.yml',
      'k8s/c.json',
      'k8s/deep/d.yaml',
    ])
  })
})

describe('a folder with a kustomization', () => {
  it('means its resources, followed through folders, in their order', async () => {
    const cwd = tree({
      'k8s/kustomization.yaml': `${KUSTOMIZATION}resources: [istio, base, extra.yaml]\n`,
      'k8s/base/kustomization.yml': `${KUSTOMIZATION}resources:\n  - a.yaml\n`,
      'k8s/base/a.yaml': NAMESPACE,
      'k8s/base/not-listed.yaml': NAMESPACE,
      'k8s/istio/Kustomization': 'resources: [../base/a.yaml, b.yaml]',
      'k8s/istio/b.yaml': NAMESPACE,
      'k8s/extra.yaml': NAMESPACE,
    })
    expect(await files(['k8s'], cwd)).toEqual([
      'k8s/base/a.yaml',
      'k8s/istio/b.yaml',
      'k8s/extra.yaml',
    ])
  })

  it('gives the folders whose change may change the manifests', async () => {
    const cwd = tree({
      'k8s/kustomization.yaml': 'resources: [base]',
      'k8s/base/kustomization.yaml': 'resources: [../common/a.yaml]',
      'k8s/common/a.yaml': NAMESPACE,
    })
    const { folders } = await readManifests(['k8s'], { cwd, env: process.env })
    expect(folders).toEqual([`${cwd}/k8s`, `${cwd}/k8s/base`, `${cwd}/k8s/common`])
  })

  it('names the line of a resource that does not exist', async () => {
    const cwd = tree({ 'k8s/kustomization.yaml': `${KUSTOMIZATION}resources:\n  - missing.yaml\n` })
    await expect(files(['k8s'], cwd)).rejects.toThrow(
      'k8s/kustomization.yaml:4:5: `resources` names "missing.yaml", and there is no such file or folder',
    )
  })

  it('names the line of a folder that has no kustomization', async () => {
    const cwd = tree({
      'k8s/kustomization.yaml': 'resources: [plain]',
      'k8s/plain/a.yaml': NAMESPACE,
    })
    await expect(files(['k8s'], cwd)).rejects.toThrow(
      'k8s/kustomization.yaml:1:13: `resources` names the folder "plain", which holds no kustomization.yaml',
    )
  })

  it('that includes itself is refused', async () => {
    const cwd = tree({
      'k8s/kustomization.yaml': 'resources: [base]',
      'k8s/base/kustomization.yaml': 'resources: [..]',
    })
    await expect(files(['k8s'], cwd)).rejects.toThrow('this kustomization includes itself')
  })

  it('with a field that kustomize does not know is refused', async () => {
    const cwd = tree({ 'k8s/kustomization.yaml': `${KUSTOMIZATION}resourcess: [a.yaml]\n` })
    await expect(files(['k8s'], cwd)).rejects.toThrow(
      'k8s/kustomization.yaml:3:1: `resourcess` is no field of a kustomization; correct it',
    )
  })

  it('that is not YAML is named with line and column', async () => {
    const cwd = tree({ 'k8s/kustomization.yaml': 'resources: [a\n' })
    await expect(files(['k8s'], cwd)).rejects.toThrow(
      /^k8s\/kustomization\.yaml:2:1: not valid YAML/,
    )
  })
})

describe('a kustomization that changes objects', () => {
  const changing = {
    'k8s/kustomization.yaml': `${KUSTOMIZATION}resources: [a.yaml]\nnamePrefix: pr-12-\n`,
    'k8s/a.yaml': NAMESPACE,
  }

  it('is built by kubectl', async () => {
    // A kubectl of our own: the test needs its place on the PATH, not its work.
    const bin = tree({ kubectl: '#!/bin/sh\necho "built: $1 $(basename "$2")"\n' })
    chmodSync(`${bin}/kubectl`, 0o755)
    const { sources } = await readManifests(['k8s'], {
      cwd: tree(changing),
      env: { PATH: `${bin}:${process.env['PATH'] ?? ''}` },
    })
    expect(sources).toEqual([{ file: 'kubectl kustomize k8s', text: 'built: kustomize k8s\n' }])
  })

  it('is followed for the folders whose change may change what kubectl builds', async () => {
    const bin = tree({ kubectl: '#!/bin/sh\necho built\n' })
    chmodSync(`${bin}/kubectl`, 0o755)
    const cwd = tree({
      'k8s/kustomization.yaml': 'resources: [base]\nnamePrefix: a-',
      'k8s/base/kustomization.yaml': 'resources: [deep/a.yaml]',
      'k8s/base/deep/a.yaml': NAMESPACE,
    })
    const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}` }
    const { folders } = await readManifests(['k8s'], { cwd, env })
    expect(folders).toEqual([`${cwd}/k8s`, `${cwd}/k8s/base`, `${cwd}/k8s/base/deep`])
  })

  it('is refused without kubectl, naming the field', async () => {
    await expect(files(['k8s'], tree(changing), { env: { PATH: tree({}) } })).rejects.toThrow(
      'k8s/kustomization.yaml:4:1: `namePrefix` changes objects, which needs kubectl',
    )
  })
})
