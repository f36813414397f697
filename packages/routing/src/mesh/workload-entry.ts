import { child, readEntries, readPort, readStringMap, readText, rootOf } from '../manifest/read.ts'
import type { Field, Report } from '../manifest/read.ts'
import type { Resource } from '../manifest/resource.ts'
import { isAddress } from './address.ts'
import type { Labels } from './labels.ts'

/** Where a workload outside Kubernetes answers: a WorkloadEntry, or one of a ServiceEntry's `endpoints`. */
export interface WorkloadAddress {
  /** An IP address, a DNS name, or a socket's path behind `unix://`. */
  readonly address: string
  /** By the name of a ServiceEntry's port. */
  readonly ports: ReadonlyMap<string, number>
  readonly labels: Labels
}

/** An Istio WorkloadEntry. */
export interface WorkloadEntry extends WorkloadAddress {
  readonly name: string
  readonly namespace: string
  readonly resource: Resource
}

/**
 * Whether it is at an IP address: others are for what DNS looks up, and nothing else selects them
 * (istio: serviceentry/conversion.go, DNSServiceEntryOnly).
 */
export function isAtAddress({ address }: Pick<WorkloadAddress, 'address'>): boolean {
  return address === '' || isAddress(address)
}

/** Reads a WorkloadEntry; the labels of its metadata count too. */
export function readWorkloadEntry(resource: Resource, report: Report): WorkloadEntry {
  const { name, namespace } = resource
  const read = readWorkloadAddress(child(rootOf(resource, report), 'spec'))
  return { ...read, labels: { ...read.labels, ...resource.labels }, name, namespace, resource }
}

/** Reads the spec of a WorkloadEntry. */
export function readWorkloadAddress(field: Field): WorkloadAddress {
  return {
    address: readText(child(field, 'address')) ?? '',
    ports: new Map(
      readEntries(child(field, 'ports')).map(([name, port]) => [name, readPort(port)]),
    ),
    labels: readStringMap(child(field, 'labels')),
  }
}
