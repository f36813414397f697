import { setTimeout as delay } from 'node:timers/promises'
import type { Propagator } from '../propagator.ts'
import type { AppServer } from './find-app.ts'
import type { Finding, Report } from './finding.ts'
import { judgeRound, judgeTogether, uniqueFindings } from './judge.ts'
import { send } from './send.ts'
import type { Marked } from './send.ts'
import type { StandIn } from './stand-in.ts'
import type { Sightings, TracedCall } from './watch.ts'

/** How long the app is left alone after it was asked, for calls that come late, in milliseconds. */
const SETTLE_MS = 100

/** How many requests are under way at once. */
const TOGETHER = 10

/** Sends marked requests to the app and judges the calls that it makes for them. */
export async function examine(
  app: AppServer,
  { header }: Propagator,
  standIn: StandIn,
  { calls, hardCoded }: Sightings,
  paths: readonly string[],
): Promise<Report> {
  const statuses = new Map<string, Array<number | null>>()
  const findings: Finding[] = []
  let count = 0
  const ask = async (marked: Marked): Promise<void> => {
    const name = `${marked.method} ${marked.path}`
    const status = (await send(app, header, marked)) ?? null
    statuses.set(name, [...(statuses.get(name) ?? []), status])
  }
  const during = async (
    act: () => Promise<unknown>,
  ): Promise<{ made: TracedCall[]; set: Sightings['hardCoded'] }> => {
    const [from, setFrom] = [calls.length, hardCoded.length]
    await act()
    await delay(SETTLE_MS)
    const made = calls.slice(from).filter((call) => !background.has(lineOf(call)))
    return { made, set: hardCoded.slice(setFrom) }
  }
  // What the app does by itself is no call of a request.
  const background = new Set<string>()
  const idle = await during(async () => delay(SETTLE_MS))
  for (const call of idle.made) background.add(lineOf(call))

  for (const path of paths) {
    for (const method of ['GET', 'POST'] as const) {
      const name = `${method} ${path}`
      const alone = async (lane: string | undefined): Promise<TracedCall[]> => {
        const { made, set } = await during(async () => ask({ method, path, lane }))
        count += made.length
        findings.push(...judgeRound({ name, lane, calls: made, hardCoded: set }))
        return made
      }
      await alone(undefined)
      const seen = await alone('lanes-doctor')
      standIn.redirect(true)
      // That the guard takes the lane off a redirect is as it should be, and no header of the app's.
      const redirected = await during(async () => ask({ method, path, lane: 'lanes-doctor' }))
      standIn.redirect(false)
      findings.push(
        ...judgeRound({
          name: `${name}, redirected to a third party`,
          lane: 'lanes-doctor',
          calls: redirected.made,
          hardCoded: [],
        }),
      )
      const lanes = Array.from({ length: TOGETHER }, (_, index) => `lanes-doctor-${index}`)
      const { made } = await during(async () =>
        Promise.all(lanes.map(async (lane) => ask({ method, path, lane }))),
      )
      count += redirected.made.length + made.length
      findings.push(...judgeTogether({ name, lane: 'lanes-doctor', calls: seen }, lanes, made))
    }
  }
  const requests = [...statuses].map(([name, all]) => ({ name, statuses: all }))
  return { port: app.port, requests, calls: count, findings: uniqueFindings(findings) }
}

function lineOf({ origin, url }: TracedCall): string {
  return `${origin.at ?? ''} ${new URL(url).host}`
}
