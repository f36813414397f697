import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { loadManifests } from '@traffic-lanes/routing'
import { readCases } from '../cases/case.ts'
import { randomFrom } from '../fuzz/random.ts'
import { startLineProcess } from '../oracle/process.ts'
import { mutate } from './mutate.ts'
import { compareVerdicts } from './verdict.ts'
import type { ApiServerVerdict } from './verdict.ts'

const usage = `Usage: pnpm conformance:schema [--seed N] [--objects M]

Changes M manifests at random from seed N on, and compares what we say of each with what the API server's own
code says with the same CRDs. Exits 1 where we refuse what it takes, or take what its schema refuses.
Needs the oracle: conformance/oracle/build.sh.
`
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    objects: { type: 'string', default: '5000' },
    help: { type: 'boolean', default: false },
  },
})
/** Kubernetes' own kinds that have a schema. */
const builtIn: ReadonlySet<string> = new Set([
  'Deployment',
  'EndpointSlice',
  'Namespace',
  'Pod',
  'Service',
  'StatefulSet',
])

if (values.help) process.stdout.write(usage)
else process.exitCode = await run(Number(values.seed), Number(values.objects))

async function run(seed: number, objects: number): Promise<number> {
  const seeds = readSeeds()
  const cache = join(import.meta.dirname, '../../.cache')
  const crds = readdirSync(join(cache, 'crds')).map((file) => join(cache, 'crds', file))
  const apiServer = startLineProcess<ApiServerVerdict>(join(cache, 'oracle'), ['validate', ...crds])
  const random = randomFrom(seed)
  const counts = { same: 0, refused: 0, missed: 0, unknown: 0, rule: 0 }
  const told = new Set<string>()
  for (let count = 0; count < objects; count += 1) {
    const object = structuredClone(random.pick(seeds))
    mutate(object, random)
    const difference = compareVerdicts(object, await apiServer.ask({ object }))
    counts[difference?.kind ?? 'same'] += 1
    if (difference === null) continue
    const text = `${difference.kind}: ${difference.said}`
    const shape = text.replaceAll(/\[\d+\]|"[^"]*"/g, '')
    if (!told.has(shape))
      process.stdout.write(`${text}\n  ${JSON.stringify(object).slice(0, 2000)}\n`)
    told.add(shape)
  }
  await apiServer.close()
  const { same, refused, missed, unknown, rule } = counts
  process.stdout.write(
    `seed ${seed}: ${objects} objects, ${same} judged alike, ${refused} refused by us alone, ${missed} by its schema ` +
      `alone, ${unknown} with other unknown fields, ${rule} refused by rules that we leave alone\n`,
  )
  return refused + missed + unknown === 0 ? 0 : 1
}

/** Objects with something of every kind, and those of the cases; the first as often as all the others. */
function readSeeds(): Record<string, unknown>[] {
  const file = join(import.meta.dirname, '../../schema-seeds.yaml')
  const full = bodies([{ file, text: readFileSync(file, 'utf8') }])
  const others = readCases().flatMap(({ world }) => bodies(world.manifests))
  const times = Math.ceil(others.length / full.length)
  return [...others, ...Array.from({ length: times }, () => full).flat()]
}

function bodies(sources: readonly { file: string; text: string }[]): Record<string, unknown>[] {
  return loadManifests(sources).resources.flatMap(({ apiVersion, kind, body }) =>
    /istio|gateway/.test(apiVersion) || builtIn.has(kind) ? [{ ...body }] : [],
  )
}
