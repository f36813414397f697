import {
  attempt,
  child,
  readList,
  readOptionalInteger,
  readOptionalPort,
  readStringMap,
  readStrings,
  readText,
  refuse,
} from '../manifest/read.ts'
import type { Field } from '../manifest/read.ts'
import { readDestination } from './destination.ts'
import type { Destination } from './destination.ts'
import { resolveGateway } from './host.ts'
import type { Labels } from './labels.ts'
import { originOf } from './origin.ts'
import type { Origin } from './origin.ts'
import type { RuleOwner } from './written-rule.ts'

/** One `tcp[]` or `tls[]` entry of a VirtualService: connections, carried as bytes. */
export interface L4Rule {
  /** One of them must match; empty: every connection does, in `tcp`; none, in `tls`. */
  readonly matches: readonly L4Match[]
  readonly destinations: readonly L4Destination[]
  readonly origin: Origin
}

/** One `match[]` entry. All but the server names and subnets is decided when a proxy is configured. */
export interface L4Match {
  /** Of the TLS handshake; only in `tls`. */
  readonly sniHosts: readonly string[]
  /** Of what was dialled: `10.0.0.0/8`. */
  readonly destinationSubnets: readonly string[]
  /** `mesh` or `NAMESPACE/NAME`; empty: every gateway of the VirtualService. */
  readonly gateways: readonly string[]
  readonly port: number | null
  readonly sourceLabels: Labels
  readonly sourceNamespace: string | null
  readonly origin: Origin
}

/** One `route[]` entry. */
export interface L4Destination extends Destination {
  readonly weight: number
}

/** Reads the entries of `tcp` or `tls`; one that cannot be read is left out. */
export function readL4Rules(field: Field, owner: RuleOwner): L4Rule[] {
  return readList(field).flatMap((entry) => {
    const rule = attempt(() => readL4Rule(entry, owner))
    return rule === undefined ? [] : [rule]
  })
}

function readL4Rule(field: Field, owner: RuleOwner): L4Rule {
  const route = child(field, 'route')
  const destinations = readList(route).map((entry) => readWeighted(entry, owner))
  if (destinations.length === 0) refuse(route, 'is missing: say where the connection goes')
  if (destinations.length > 1 && destinations.every(({ weight }) => weight === 0)) {
    refuse(route, 'has no weight: give at least one of its destinations a `weight` above 0')
  }
  return {
    matches: readList(child(field, 'match')).map((entry) => readL4Match(entry, owner)),
    destinations,
    origin: originOf(field, owner.resource),
  }
}

function readWeighted(field: Field, { namespace }: RuleOwner): L4Destination {
  return {
    ...readDestination(child(field, 'destination'), namespace),
    weight: readOptionalInteger(child(field, 'weight'), 0, 2_147_483_647) ?? 0,
  }
}

function readL4Match(field: Field, { namespace, resource }: RuleOwner): L4Match {
  return {
    sniHosts: readStrings(child(field, 'sniHosts')),
    destinationSubnets: readStrings(child(field, 'destinationSubnets')),
    gateways: readStrings(child(field, 'gateways')).map((one) => resolveGateway(one, namespace)),
    port: readOptionalPort(child(field, 'port')),
    sourceLabels: readStringMap(child(field, 'sourceLabels')),
    sourceNamespace: readText(child(field, 'sourceNamespace')),
    origin: originOf(field, resource),
  }
}
