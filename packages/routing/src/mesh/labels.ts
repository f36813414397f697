/** Labels of pods and selectors. */
export type Labels = Readonly<Record<string, string>>

/** Whether every label of the selector is one of `labels`, with the same value. No label selects all. */
export function selects(selector: Labels, labels: Labels): boolean {
  return missingLabel(selector, labels) === null
}

/** The first label of the selector that `labels` lack or hold with another value; null: none. */
export function missingLabel(selector: Labels, labels: Labels): string | null {
  for (const key of Object.keys(selector)) {
    if (!Object.hasOwn(labels, key) || labels[key] !== selector[key]) return key
  }
  return null
}

/** Whether both hold the same labels; null is none. */
export function sameLabels(a: Labels | null, b: Labels | null): boolean {
  if (a === null || b === null) return a === b
  return selects(a, b) && selects(b, a)
}
