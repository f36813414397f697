import { expect, it } from 'vitest'
import * as routing from '../src/index.ts'

it('exports these names and no others', () => {
  expect(Object.keys(routing).toSorted()).toEqual([
    'buildMesh',
    'compile',
    'decide',
    'defaultMeshConfig',
    'dnsNames',
    'findProxy',
    'formatDiagnostic',
    'formatPosition',
    'loadManifests',
    'proxies',
    'readMeshConfig',
    'schemaVersions',
  ])
})
