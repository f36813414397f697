import { describe, expect, it } from 'vitest'
import { gatewayOf, isAlive, lanes, pidsIn } from './lanes.ts'
import { smallProject } from './project.ts'
import type { Project } from './project.ts'
import { hold, isOpen } from './wire.ts'

describe.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s', (signal, code) => {
  it.each(['the process', 'its group'])(`to %s leaves no process and no port`, async (target) => {
    const run = lanes(['up'], smallProject().folder)
    const { port } = new URL(await gatewayOf(run))
    const pids = [...pidsIn(run.output).values()]
    expect(pids).toHaveLength(3)

    if (target === 'its group') run.group(signal)
    else run.signal(signal)

    expect(await run.exited).toMatchObject({ code, stderr: '' })
    expect(pids.filter(isAlive)).toEqual([])
    expect(await isOpen(Number(port))).toBe(false)
  })
})

describe('lanes up', () => {
  it('stops cleanly while it is still starting', async () => {
    // It never becomes ready: its port stays closed.
    const { folder } = smallProject({
      'app.cjs': `console.log('pid', process.pid); setInterval(() => {}, 1e6)`,
    })
    const run = lanes(['up'], folder)
    const [, pid] = await run.says(/pid (\d+)/)
    run.signal('SIGINT')
    expect(await run.exited).toMatchObject({ code: 130, stderr: '' })
    expect(isAlive(Number(pid))).toBe(false)
  })

  it('does not wait for a request to a Deployment that is gone', async () => {
    const project = smallProject()
    const run = lanes(['up'], project.folder)
    const url = await gatewayOf(run)
    const held = await fetch(`${url}/hold`, { headers: { 'project-version': 'v1' } })
    const reader = held.body?.getReader()
    await reader?.read()
    project.remove('k8s/web-v1.yaml')
    await run.says(/k8s\/web-v1\.yaml changed: routes reloaded/)
    run.signal('SIGINT')
    expect(await run.exited).toMatchObject({ code: 130, stderr: '' })
    await expect(reader?.read()).rejects.toThrow('terminated')
  })

  it('stops when nobody reads its output any more', async () => {
    const run = lanes(['up'], smallProject().folder)
    await gatewayOf(run)
    const pids = [...pidsIn(run.output).values()]
    run.child.stdout?.destroy()
    // Its successor has something to say.
    process.kill(pids[0] ?? 0, 'SIGKILL')
    expect(await run.exited).toMatchObject({ code: 129 })
    expect(pids.filter(isAlive)).toEqual([])
  })

  it('kills at the second Ctrl-C what does not stop at the first', async () => {
    const run = lanes(['up'], stubbornProject().folder)
    await gatewayOf(run)
    const pids = [...pidsIn(run.output).values()]
    run.signal('SIGINT')
    await run.says(/stopping; a second Ctrl-C kills what does not stop/)
    // A stubborn process is given five seconds; the second signal does not wait for them.
    run.signal('SIGINT')
    const began = performance.now()
    expect(await run.exited).toMatchObject({ code: 130 })
    expect(performance.now() - began).toBeLessThan(4000)
    expect(pids.filter(isAlive)).toEqual([])
  })

  it('ends its processes by itself when it is killed, even those that ignore SIGTERM', async () => {
    const run = lanes(['up'], stubbornProject().folder)
    await gatewayOf(run)
    const ports = [...run.output.matchAll(/ready after \d+ ms on 127\.0\.0\.1:(\d+)/g)]
    const held = await Promise.all(ports.map(([, port]) => hold(Number(port))))
    expect(held).toHaveLength(3)

    const began = performance.now()
    run.signal('SIGKILL')
    // The kernel closes a process's connections when it ends: no need to ask again and again.
    await Promise.all(held.map(({ closed }) => closed))
    expect(performance.now() - began).toBeLessThan(2000)
  })
})

/** Its processes do not end on SIGTERM. */
function stubbornProject(): Project {
  const project = smallProject()
  const text = project.read('lanes.yaml')
  const stubborn = text.replaceAll('app.cjs] }', 'app.cjs], env: { IGNORE_SIGTERM: 1 } }')
  project.write('lanes.yaml', stubborn)
  return project
}
