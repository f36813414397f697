import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A broker that runs. */
export interface Broker {
  readonly port: number
  /** Ends it and removes what it wrote. */
  stop(this: void): Promise<void>
}

/** A folder that nobody else uses. */
export function makeFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `lanes-${name}-`))
}

/** Ports of this machine that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map(async (server) => once(server, 'listening')))
  const ports = servers.map((server) => Number(Object(server.address()).port))
  await Promise.all(
    servers.map(async (server) => new Promise((resolve) => void server.close(resolve))),
  )
  return ports
}

/** Starts a program, and waits until it says what matches `ready`. */
export async function start(
  program: string,
  args: readonly string[],
  ready: RegExp,
  env: NodeJS.ProcessEnv = {},
): Promise<ChildProcess> {
  const child = spawn(program, args, { env: { ...process.env, ...env }, detached: true })
  let output = ''
  await new Promise<void>((resolve, reject) => {
    const read = (text: string): void => {
      output += text
      if (ready.test(output)) resolve()
    }
    child.stdout.setEncoding('utf8').on('data', read)
    child.stderr.setEncoding('utf8').on('data', read)
    child.on('error', reject)
    child.on('exit', (code) => reject(new Error(`${program} ended with ${code}: ${output}`)))
  })
  return child
}

/** Ends a program and all that it has started, and removes its folder. */
export async function stop(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null && child.pid !== undefined) {
    const ended = once(child, 'exit')
    process.kill(-child.pid, 'SIGKILL')
    await ended
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}
