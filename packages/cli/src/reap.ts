/**
 * A process of its own that outlives `lanes` by two seconds at most. `lanes` holds the other end of its
 * standard input; when that pipe closes, for whatever reason, every process group still listed is ended.
 *
 * Lines in: `+PGID` a group was started, `-PGID` it is gone, `=PATH` a temporary folder to remove.
 */
import { rmSync } from 'node:fs'
import { createInterface } from 'node:readline'

const KILL_AFTER_MS = 1000
const groups = new Set<number>()
const folders: string[] = []

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const rest = line.slice(1)
    if (line.startsWith('+')) groups.add(Number(rest))
    else if (line.startsWith('-')) groups.delete(Number(rest))
    else folders.push(rest)
  })
  .on('close', () => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
    for (const group of groups) signalGroup(group, 'SIGTERM')
    if (groups.size > 0)
      setTimeout(() => {
        for (const group of groups) signalGroup(group, 'SIGKILL')
      }, KILL_AFTER_MS)
  })

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal)
  } catch {
    groups.delete(group)
  }
}
