import { expect, it, vi } from 'vitest'
import { defaultPropagator, shareDefault } from '../src/default.ts'
import { createPropagator, currentLane } from '../src/index.ts'

it('H18 is the default of every copy of this package, once it is set', async () => {
  const propagator = createPropagator({ header: 'x-lane' })
  shareDefault(propagator)
  expect(defaultPropagator()).toBe(propagator)
  expect(propagator.run('a', currentLane)).toBe('a')
  vi.resetModules()
  const copy = await import('../src/default.ts')
  expect(copy.defaultPropagator).not.toBe(defaultPropagator)
  expect(copy.defaultPropagator()).toBe(propagator)
})
