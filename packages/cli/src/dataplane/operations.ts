import { validateHeaderName, validateHeaderValue } from 'node:http'
import type { Header, HeaderOperations } from '@traffic-lanes/routing'

// Framing belongs to each hop, and the authority is changed by a rewrite only: Envoy lets header
// operations touch neither.
const UNTOUCHABLE = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'upgrade',
  'expect',
])

/**
 * Carries out a route's header operations on a flat list (name, value, name, value, …), in place.
 * Envoy's order: `remove`, then `set`, then `add` (envoy: HeaderParser::evaluateHeaders). `set` keeps
 * the place of the first header that it overwrites. Values go out as UTF-8, as Envoy sends them. What
 * HTTP cannot carry (a line break in a value) is left out: Istio refuses such a route.
 */
export function applyOperations(headers: string[], { remove, set, add }: HeaderOperations): void {
  for (const name of remove) {
    if (isTouchable(name)) drop(headers, name.toLowerCase(), 0)
  }
  for (const [name, value] of set) {
    if (!isWritable([name, value])) continue
    const at = find(headers, name.toLowerCase())
    if (at === -1) {
      headers.push(name, bytesOf(value))
    } else {
      headers[at + 1] = bytesOf(value)
      drop(headers, name.toLowerCase(), at + 2)
    }
  }
  for (const [name, value] of add) {
    if (isWritable([name, value])) headers.push(name, bytesOf(value))
  }
}

/** Whether there is anything to carry out: most routes have nothing. */
export function hasOperations({ remove, set, add }: HeaderOperations): boolean {
  return remove.length + set.length + add.length > 0
}

function isTouchable(name: string): boolean {
  return !name.startsWith(':') && !UNTOUCHABLE.has(name.toLowerCase())
}

function isWritable([name, value]: Header): boolean {
  if (!isTouchable(name)) return false
  try {
    validateHeaderName(name)
    validateHeaderValue(name, bytesOf(value))
    return true
  } catch {
    return false
  }
}

function find(headers: readonly string[], name: string): number {
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i]?.toLowerCase() === name) return i
  }
  return -1
}

function drop(headers: string[], name: string, from: number): void {
  for (let i = from; i < headers.length;) {
    if (headers[i]?.toLowerCase() === name) headers.splice(i, 2)
    else i += 2
  }
}

/** Node writes header strings as latin1, one byte a character: so a character stands for a byte here. */
function bytesOf(value: string): string {
  return Buffer.from(value, 'utf8').toString('latin1')
}
