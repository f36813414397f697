import { run } from '../../src/index.ts'
import { createBarrier } from './barrier.ts'

/**
 * Makes 20 calls at once, each in the lane that is its name, `lane-0` to `lane-18`; every fourth is called `none`
 * and is in none.
 *
 * @returns how many calls were made.
 */
export async function callAtOnce(call: (name: string) => unknown): Promise<number> {
  const names = Array.from({ length: 20 }, (_, index) =>
    index % 4 === 3 ? 'none' : `lane-${index}`,
  )
  const meet = createBarrier(names.length)
  await Promise.all(
    names.map(async (name) =>
      run(name === 'none' ? null : name, async () => {
        await meet()
        await call(name)
      }),
    ),
  )
  return names.length
}
