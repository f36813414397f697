import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { BIN } from './bin.ts'
import { ROOT } from './lanes.ts'

const QUESTION = `${JSON.stringify({ from: 'outside', url: 'http://testbbb.test-istio:32000/' })}\n`

it('answers a question before the next one comes, and ends quietly when nobody reads any more', async () => {
  const child = spawn(process.execPath, [BIN, 'explain', '--batch', '-'], { cwd: ROOT })
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => void (stderr += chunk.toString()))
  child.stdin.on('error', () => {})
  const exited = once(child, 'close')

  child.stdin.write(QUESTION)
  const [first]: Buffer[] = await once(child.stdout, 'data')
  expect(JSON.parse(first?.toString() ?? '')).toMatchObject({ outcome: { kind: 'reset' } })

  child.stdout.destroy()
  const feeding = setInterval(() => child.stdin.write(QUESTION), 10)
  await exited
  clearInterval(feeding)
  expect(stderr).toBe('')
  expect(child.exitCode).toBe(0)
})

it('colours what a terminal shows, unless it is told not to', async () => {
  const [piped, forced, noColor, flag] = await Promise.all([
    map([], {}),
    map([], { FORCE_COLOR: '1' }),
    map([], { FORCE_COLOR: '1', NO_COLOR: '1' }),
    map(['--no-color'], { FORCE_COLOR: '1' }),
  ])
  expect(forced).toContain('\u001B[')
  expect(forced).not.toBe(piped)
  expect([noColor, flag]).toEqual([piped, piped])
})

async function map(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const child = spawn(process.execPath, [BIN, 'map', '--lane', 'release-v1', ...args], {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: '', ...env },
  })
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => void (out += chunk.toString()))
  await once(child, 'close')
  return out
}
