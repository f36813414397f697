/**
 * One line about a decision, without anything of its URL but the origin, as paths and queries may be
 * confidential.
 */
export function describeDecision(decision: unknown): string {
  const read = (name: string): string => String(Reflect.get(Object(decision), name) ?? '')
  const lane = read('lane')
  const url = read('url')
  const value = lane === '' ? '' : `: ${lane}`
  const destination = url === '' ? '' : ` for ${originOf(url)}`
  return `${read('action')} ${read('header')}${value}${destination} (${read('reason')})`
}

function originOf(url: string): string {
  try {
    const { protocol, host } = new URL(url)
    return `${protocol}//${host}`
  } catch {
    return 'an unknown destination'
  }
}
