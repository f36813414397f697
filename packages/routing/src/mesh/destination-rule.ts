import {
  pathOf,
  attempt,
  child,
  isPresent,
  readList,
  readString,
  readStringMap,
  readStrings,
  rootOf,
} from '../manifest/read.ts'
import type { Field, Report } from '../manifest/read.ts'
import type { Path, Resource } from '../manifest/resource.ts'
import { readCreation } from './age.ts'
import { resolveHost } from './host.ts'
import type { Labels } from './labels.ts'
import { readLoadBalancer } from './load-balancer.ts'
import type { LoadBalancerPolicy } from './load-balancer.ts'

/** An Istio DestinationRule: the subsets of a host, and how they are reached. */
export interface DestinationRule {
  readonly name: string
  readonly namespace: string
  readonly createdAt: number
  /** Completed, or a wildcard. */
  readonly host: string
  /** As written: `.`, `*`, or names of namespaces; empty: everywhere. */
  readonly exportTo: readonly string[]
  /** null: for every caller. */
  readonly workloadSelector: Labels | null
  readonly hasTrafficPolicy: boolean
  readonly policy: LoadBalancerPolicy | null
  readonly subsets: readonly Subset[]
  readonly resource: Resource
}

/** One `subsets[]` entry. */
export interface Subset {
  readonly name: string
  /** The endpoints' labels; none: every endpoint of the host. */
  readonly labels: Labels
  readonly policy: LoadBalancerPolicy | null
  /** The DestinationRule that defines it, which after a merge need not be the first. */
  readonly resource: Resource
  readonly path: Path
}

/** Reads a DestinationRule; a subset that cannot be read is left out. */
export function readDestinationRule(resource: Resource, report: Report): DestinationRule {
  const { name, namespace } = resource
  const spec = child(rootOf(resource, report), 'spec')
  const selector = child(spec, 'workloadSelector')
  const policy = child(spec, 'trafficPolicy')
  return {
    name,
    namespace,
    createdAt: readCreation(resource, report),
    host: resolveHost(readString(child(spec, 'host')), namespace),
    exportTo: readStrings(child(spec, 'exportTo')),
    workloadSelector: isPresent(selector) ? readStringMap(child(selector, 'matchLabels')) : null,
    hasTrafficPolicy: isPresent(policy),
    policy: readLoadBalancer(policy),
    subsets: readList(child(spec, 'subsets')).flatMap((entry) => {
      const subset = attempt(() => readSubset(entry, resource))
      return subset === undefined ? [] : [subset]
    }),
    resource,
  }
}

function readSubset(field: Field, resource: Resource): Subset {
  return {
    name: readString(child(field, 'name')),
    labels: readStringMap(child(field, 'labels')),
    policy: readLoadBalancer(child(field, 'trafficPolicy')),
    resource,
    path: pathOf(field),
  }
}
