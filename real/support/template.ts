import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './lanes.ts'

/** A template of docker/nginx, filled in as the nginx image does; throws for a variable without a value. */
export function nginxTemplate(name: string, values: Readonly<Record<string, string>>): string {
  const text = readFileSync(join(ROOT, 'docker/nginx', name), 'utf8')
  return text.replaceAll(/\$\{([A-Z]+)\}/g, (_whole, variable: string) => {
    const value = values[variable]
    if (value === undefined) throw new Error(`${name} wants ${variable}`)
    return value
  })
}
