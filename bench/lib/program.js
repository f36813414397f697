import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'

/** Ticks of the kernel's clock a second: 100 on every Linux that Node runs on. */
const TICKS = 100

/**
 * Starts a program and keeps it until `stop`. Its CPU time is read from /proc, children included, so that
 * programs in any language are measured alike; Linux only.
 */
export function start(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'], ...options })
  const ended = once(child, 'exit')
  return {
    child,
    /** CPU time so far, in microseconds. */
    cpu: () => treeOf(child.pid).reduce((sum, pid) => sum + ticksOf(pid), 0) * (1e6 / TICKS),
    /** Resident memory now, in bytes. */
    memory: () => treeOf(child.pid).reduce((sum, pid) => sum + residentOf(pid), 0),
    async stop() {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000)
      await ended
      clearTimeout(timer)
    },
  }
}

/** Starts a module of this folder under this Node, and waits for the port that it says. */
export async function startModule(url, args = []) {
  const program = start(process.execPath, [url.pathname, ...args], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const [{ port }] = await Promise.race([
    once(program.child, 'message'),
    once(program.child, 'exit').then(([code]) => {
      throw new Error(`${url.pathname} ended with exit code ${code}`)
    }),
  ])
  return { ...program, port }
}

function treeOf(pid) {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
  )
  return [pid, ...children.flatMap((child) => treeOf(Number(child)))]
}

/** `utime` and `stime`, the 14th and 15th field of proc(5), after a name that may hold blanks. */
function ticksOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fields[11]) + Number(fields[12])
}

function residentOf(pid) {
  const [, pages] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')
  return Number(pages) * 4096
}
