import { formatPosition } from '@traffic-lanes/routing'
import { destinationName } from '../reach/destination.ts'
import type { Destination } from '../reach/destination.ts'
import { sampleName } from '../reach/samples.ts'
import { isLaned } from '../reach/targets.ts'
import { ANY_OTHER } from './change.ts'
import type { Reached } from '../reach/view.ts'
import type { Change } from './change.ts'
import type { Diff } from './diff.ts'

/** `pay.shop:80  GET /api, GET /api/x and 3 more` */
export function requestsOf({ target, samples }: Change): string {
  const names = samples.slice(0, SHOWN).map(sampleName)
  const more = samples.length - names.length
  return `${target.name}  ${names.join(', ')}${more === 0 ? '' : ` and ${more} more`}`
}

const SHOWN = 3

/** `in lanes blue, red`; the first may be `without a lane`. */
export function lanesInWords({ lanes, target }: Change): string {
  if (!isLaned(target.laned)) return 'in every lane'
  const named = lanes.filter((lane) => lane !== null && lane !== ANY_OTHER)
  const parts = [
    ...(lanes.includes(null) ? ['without a lane'] : []),
    ...(named.length === 0
      ? []
      : [`in ${named.length === 1 ? 'lane' : 'lanes'} ${named.join(', ')}`]),
    ...(lanes.includes(ANY_OTHER) ? ['in any other lane'] : []),
  ]
  return parts.join(', ')
}

/** Who answers: `pay-main 90 %, pay-blue 10 %`, `503 NC`, `cart-main as /v2`. */
export function sideInWords({ destinations }: Reached): string {
  return destinations
    .map((destination) => {
      const share = destinations.length === 1 ? '' : ` ${Math.round(destination.share)} %`
      return `${who(destination)}${share}${rewritten(destination)}`
    })
    .join(', ')
}

function who(destination: Destination): string {
  const { workloads } = destination
  if (workloads.length === 0) return destinationName(destination, '')
  const names = workloads.slice(0, 3).map((one) => one.slice(one.indexOf('/') + 1))
  const more = workloads.length - names.length
  return names.join(' or ') + (more === 0 ? '' : ` or ${more} more`)
}

function rewritten({ rewrite }: Destination): string {
  const changes = [rewrite?.path ?? [], rewrite?.host ? `Host ${rewrite.host}` : []].flat()
  return changes.length === 0 ? '' : ` as ${changes.join(', ')}`
}

/** What decided: `VirtualService shop/pay  pay.yaml:48:5`; '' where no resource did. */
export function originOf({ origin }: Reached): string {
  return origin === null ? '' : `${origin.resource}  ${formatPosition(origin.position)}`
}

export function summary({ asked, changes }: Diff): string {
  const what = changes.length === 1 ? '1 change' : `${changes.length} changes`
  return changes.length === 0
    ? `no request changes its destination; ${asked} were asked for`
    : `${what}; ${asked} requests were asked for`
}
