/** Quotes a wrong value for an error message: strings as they are, anything else by its type. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (value === null || value === undefined) return String(value)
  return `a value of type ${typeof value}`
}
