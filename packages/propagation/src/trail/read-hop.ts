import { show } from '../show.ts'
import { HOP_NAME } from './hop.ts'

/** Who a hop is. */
export interface TrailIdentity {
  /** The service: 1 to 63 letters, digits and `-._/`. */
  readonly service: string
  /** Its version: 1 to 253 letters, digits and `-._/`. */
  readonly version: string
}

/** @throws TypeError that names the option, where one is wrong. */
export function readHop({ service, version }: TrailIdentity): string {
  if (typeof service !== 'string' || !HOP_NAME.test(`${service}@v`)) {
    throw new TypeError(
      `Expected \`service\` to be 1 to 63 letters, digits and -._/, got ${show(service)}`,
    )
  }
  if (typeof version !== 'string' || !HOP_NAME.test(`s@${version}`)) {
    throw new TypeError(
      `Expected \`version\` to be 1 to 253 letters, digits and -._/, got ${show(version)}`,
    )
  }
  return `${service}@${version}`
}
