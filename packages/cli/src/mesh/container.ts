import type { Workload } from '@traffic-lanes/routing'

/** A container of a pod template, as YAML gave it. */
export type Container = Readonly<Record<string, unknown>>

/** The workload's app container: the first one; {} where the manifest has none. */
export function containerOf(workload: Workload): Container {
  let value: unknown = workload.resource.body
  for (const key of ['spec', 'template', 'spec', 'containers', 0] as const) {
    value = isRecord(value) || Array.isArray(value) ? Reflect.get(value, key) : undefined
  }
  return isRecord(value) ? value : {}
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
