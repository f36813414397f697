import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ApiServerVerdict } from '../schema/verdict.ts'
import { startLineProcess } from './process.ts'

/** What an API server says of objects of the kinds that CRDs define, by its own code. */
export interface ApiServer {
  /** Why it would refuse one of the objects; null: it takes them all. */
  refusal(objects: readonly object[]): Promise<string | null>
  close(): Promise<void>
}

/** @param cache what conformance/oracle/build.sh writes to */
export function startApiServer(cache = defaultCache): ApiServer {
  const crds = readdirSync(join(cache, 'crds')).map((file) => join(cache, 'crds', file))
  const process = startLineProcess<ApiServerVerdict>(join(cache, 'oracle'), ['validate', ...crds])
  return {
    refusal: async (objects) => {
      const verdicts = await Promise.all(objects.map((object) => process.ask({ object })))
      const said = verdicts.map(({ unknown: [field], schema: [error], rules: [rule] }) => {
        return field === undefined ? (error ?? rule) : `unknown field ${field}`
      })
      return said.find((one) => one !== undefined) ?? null
    },
    close: () => process.close(),
  }
}

const defaultCache = join(import.meta.dirname, '../../.cache')
