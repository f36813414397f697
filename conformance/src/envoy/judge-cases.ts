import type { Case } from '../cases/case.ts'
import { formatDisagreement } from '../cases/disagreements.ts'
import { startAds } from './ads.ts'
import { startBackends } from './backends.ts'
import { installEnvoy } from './install.ts'
import { judgeByEnvoy } from './judge.ts'

/** How the cases fared with a real Envoy. */
export interface EnvoyRun {
  readonly summary: string
  /** Cases in which engine or oracle say otherwise, the engine's pending ones not counted. */
  readonly differing: number
}

/** Puts every case to a real Envoy, one after the other; where there is none, the summary says so. */
export async function judgeCasesByEnvoy(
  cases: readonly Case[],
  binary: string,
  pending: ReadonlySet<string>,
  print: (line: string) => void,
): Promise<EnvoyRun> {
  let path: string
  try {
    path = await installEnvoy()
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error)
    return { summary: `Envoy NOT RUN: ${reason}`, differing: 0 }
  }
  const ads = startAds(binary)
  const backends = startBackends()
  const counts = { sent: 0, left: 0, differing: 0 }
  try {
    for (const one of cases) {
      const { sent, left, engine, oracle } = await judgeByEnvoy(one.world, { path, ads, backends })
      counts.sent += sent
      counts.left += left
      for (const [who, found] of Object.entries({ engine, oracle })) {
        if (found.length === 0) continue
        const isPending = who === 'engine' && pending.has(one.name)
        if (!isPending) counts.differing += 1
        print(`${one.name}: Envoy differs from the ${who}${isPending ? ' (pending)' : ''}`)
        for (const each of found) print(formatDisagreement(each, [who, 'Envoy']))
      }
    }
  } finally {
    await ads.close()
    await backends.close()
  }
  const summary =
    `Envoy: ${counts.sent} requests sent, ${counts.left} not for it; ` +
    `${counts.differing} cases differ`
  return { summary, differing: counts.differing }
}
