import type { Mesh } from '@traffic-lanes/routing'
import type { View } from './view.ts'

/**
 * The lanes that there are: those that routes name, and those that workloads are labelled with. Numbers in
 * names are ordered as numbers.
 */
export function lanesOf(mesh: Mesh, views: readonly View[]): string[] {
  const labels = mesh.workloads.flatMap(({ labels: { version } }) => version ?? [])
  const all = new Set([...labels, ...views.flatMap(({ lanes }) => [...lanes])])
  return [...all].toSorted(compareNames)
}

const collator = new Intl.Collator('en', { numeric: true })

/** `release-v9` before `release-v10`. */
export function compareNames(a: string, b: string): number {
  return collator.compare(a, b)
}
