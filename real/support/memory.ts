import { readFileSync } from 'node:fs'

/** The resident memory of a process of this machine, in megabytes. */
export function megabytesOf(pid: number): number {
  const [, kilobytes = '0'] =
    /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}
