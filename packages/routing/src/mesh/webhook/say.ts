import { isPresent, nameOf, reportAt } from '../../manifest/read.ts'
import type { Field } from '../../manifest/read.ts'

/** Reports what Istio's validating webhook refuses; the caller goes on, for there may be more. */
export function say(field: Field, because: string): void {
  reportAt(field, 'refused', `${nameOf(field)} ${because}; Istio refuses the object`)
}

/** The text in the field; empty where it holds none, as in protobuf. */
export function textOf({ value }: Field): string {
  return typeof value === 'string' ? value : ''
}

/** The number in the field; 0 where it holds none, as in protobuf. */
export function numberOf({ value }: Field): number {
  return typeof value === 'number' ? value : 0
}

/** Whether the field holds a list that is not empty, or anything else but null. */
export function isFilled(field: Field): boolean {
  return Array.isArray(field.value) ? field.value.length > 0 : isPresent(field)
}
