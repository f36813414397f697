import { expect, it } from 'vitest'
import * as routing from '../src/index.ts'

it('exports these names and no others', () => {
  expect(Object.keys(routing).toSorted()).toEqual([
    'QuestionError',
    'answer',
    'askAbout',
    'buildMesh',
    'checkSchema',
    'codes',
    'compile',
    'decide',
    'decideOutside',
    'defaultMeshConfig',
    'dnsNames',
    'findProxy',
    'formatDiagnostic',
    'formatPosition',
    'isCarried',
    'lint',
    'loadManifests',
    'oneAddressEach',
    'parseDuration',
    'proxies',
    'readMeshConfig',
    'schemaVersions',
    'shortOutcome',
    'toRequest',
  ])
})
