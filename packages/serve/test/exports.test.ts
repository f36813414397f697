import { expect, it } from 'vitest'
import * as serve from '../src/index.ts'

it('exports these names and no others', () => {
  expect(Object.keys(serve).toSorted()).toEqual(['ListenError', 'createReadiness', 'serve'])
})
