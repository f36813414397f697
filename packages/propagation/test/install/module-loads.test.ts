import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import Module, { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createPropagator } from '../../src/index.ts'
import { install } from '../../src/install.ts'

const HOSTILE = `
const fail = () => { throw new Error('hostile') }
const hostile = new Proxy(function hostile() {}, { get: fail, getPrototypeOf: fail, ownKeys: fail })
`

/** Writes files of CommonJS that are gone when the test ends, and answers what requires one of them. */
function write(files: Readonly<Record<string, string>>): (name: string) => unknown {
  const folder = mkdtempSync(join(tmpdir(), 'lanes-modules-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, source] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), source)
  }
  const require = createRequire(join(folder, 'index.js'))
  return (name) => {
    const loaded: unknown = require(`./${name}`)
    return loaded
  }
}

it('H7: a module is loaded as it is, whatever it exports or throws', () => {
  onTestFinished(install({ propagator: createPropagator() }))
  const load = write({
    'lib/dispatcher.js': `${HOSTILE} module.exports = hostile`,
    'lib/dispatcher/agent.js': `${HOSTILE}
      class Agent extends require('node:events') { dispatch() {} close() {} destroy() {} }
      module.exports = Object.freeze(Object.assign(Agent, { it: Object.freeze(Agent.prototype) }))`,
    'build/src/client-interceptors.js': `${HOSTILE} module.exports = { get InterceptingCall() { return hostile() } }`,
    'lib/broken.js': 'throw new RangeError("broken")',
    'lib/none.js': 'module.exports = null',
  })
  expect(typeof load('lib/dispatcher.js')).toBe('function')
  expect(load('lib/dispatcher/agent.js')).toHaveProperty('name', 'Agent')
  expect(load('build/src/client-interceptors.js')).toBeTypeOf('object')
  expect(() => load('lib/broken.js')).toThrow(RangeError)
  expect(load('lib/none.js')).toBeNull()
})

it('is gone when it is undone, unless somebody has hooked in since', () => {
  const modules: Record<string, unknown> = Object(Module.prototype)
  const before = modules['_compile']
  install({ propagator: createPropagator() })()
  expect(modules['_compile']).toBe(before)
  const undo = install({ propagator: createPropagator() })
  function theirs(this: unknown, ...args: unknown[]): unknown {
    return Reflect.apply(Object(before), this, args)
  }
  modules['_compile'] = theirs
  onTestFinished(() => {
    modules['_compile'] = before
  })
  undo()
  expect(modules['_compile']).toBe(theirs)
})
