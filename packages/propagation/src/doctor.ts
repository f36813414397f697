import { isMainThread } from 'node:worker_threads'
import { followAsyncSteps } from './doctor/async-sites.ts'
import { divertHttp } from './doctor/divert.ts'
import { findApp } from './doctor/find-app.ts'
import { formatReport } from './doctor/format.ts'
import { examine } from './doctor/run.ts'
import { startStandIn } from './doctor/stand-in.ts'
import { watchCalls } from './doctor/watch.ts'
import type { Sightings } from './doctor/watch.ts'
import { defaultPropagator } from './default.ts'
import './register.ts'

// For `node --import @traffic-lanes/propagation/doctor app.js`, and `lanes doctor`, which tells it by variables:
// LANES_DOCTOR_PATHS, a JSON array; LANES_DOCTOR_PORT, where the app has several servers.
const { LANES_DOCTOR_PATHS: paths = '["/"]', LANES_DOCTOR_PORT: port = '' } = process.env

const propagator = defaultPropagator()
const standIn = await startStandIn()
const app = findApp(port === '' ? undefined : Number(port))
divertHttp(standIn)
// Set by the process that the doctor examines, for those that it starts: these inherit the preload.
const examined = (process.env['LANES_DOCTOR_PID'] ??= String(process.pid))
if (examined !== String(process.pid)) {
  void explain(
    `a process that it started (${process.pid} of ${examined})`,
    'one process',
    'cluster',
  )
} else if (!isMainThread) void explain('a worker thread', 'the main thread', 'workers')
else beginExamination()

// The app comes first; nothing here keeps the process alive.
function beginExamination(): void {
  followAsyncSteps()
  const sightings = watchCalls(propagator)
  tell({ kind: 'loaded' })
  void serveReport(sightings)
}

async function explain(place: string, examinedPlace: string, others: string): Promise<void> {
  await app
  process.stderr.write(
    `traffic-lanes: the app serves from ${place}, and the doctor examines ${examinedPlace}: start the app without its ${others}\n`,
  )
}

async function serveReport(sightings: Sightings): Promise<void> {
  const server = await app
  tell({ kind: 'listening' })
  // Only `lanes doctor` and its user write it.
  const asked: string[] = JSON.parse(paths)
  const report = await examine(server, propagator, standIn, sightings, asked)
  const code = report.calls === 0 ? 2 : report.findings.length === 0 ? 0 : 1
  const text = formatReport(report, process.cwd())
  const end = (): never => process.exit(code)
  if (!tell({ kind: 'report', report, text }, end)) process.stdout.write(text, end)
}

function tell(message: object, done: () => void = () => undefined): boolean {
  if (process.send === undefined) return false
  process.send(message, done)
  return true
}
