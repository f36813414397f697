import { execFile } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { BIN } from './bin.ts'
import { ROOT } from './lanes.ts'

/** A command in a shell, and what it prints below. */
const RUN = /```sh\n(?<command>[^`]*)```\n\n```text\n(?<output>[^`]*)```/g

// To take over what the commands print now: `pnpm exec vitest run e2e/docs -u`.
it.each(['docs/explain.md'])(
  '%s shows what its commands print',
  async (document) => {
    const path = join(ROOT, document)
    const text = readFileSync(path, 'utf8')
    const blocks = [...text.matchAll(RUN)]
    expect(blocks.length).toBeGreaterThan(0)
    const printed = await Promise.all(
      blocks.map(({ groups }) => shell(groups?.['command'] ?? '', projectFolder())),
    )
    const filled = text.replaceAll(RUN, (_block, command: string) => {
      const output = printed.shift() ?? ''
      return `\`\`\`sh\n${command}\`\`\`\n\n\`\`\`text\n${output}\`\`\``
    })
    await expect(filled).toMatchFileSnapshot(path)
  },
  60_000,
)

/** A folder with the manifests of this repository, for one command alone. */
function projectFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lanes-docs-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const path of ['k8s', 'lanes.yaml'])
    cpSync(join(ROOT, path), join(folder, path), { recursive: true })
  return folder
}

/** Runs a command as a reader would, where `npx lanes` is what was built here. */
function shell(command: string, cwd: string): Promise<string> {
  const bin = join(cwd, 'node_modules/.bin')
  mkdirSync(bin, { recursive: true })
  writeFileSync(join(bin, 'npx'), `#!/bin/sh\nshift\nexec "${process.execPath}" "${BIN}" "$@"\n`)
  chmodSync(join(bin, 'npx'), 0o755)
  const env = { ...process.env, NO_COLOR: '1', PATH: `${bin}:${process.env['PATH'] ?? ''}` }
  return new Promise((resolve) => {
    // A test that fails is shown too, so that its exit code is no failure here.
    execFile('/bin/sh', ['-c', command], { cwd, env }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    )
  })
}
