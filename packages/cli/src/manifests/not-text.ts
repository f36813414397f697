import type { Diagnostic } from '@traffic-lanes/routing'

/** What is said of a file that is not UTF-8: the place is that of its first byte that is none. */
export function notText(file: string, bytes: Uint8Array): Diagnostic {
  // Half a letter is left out.
  const good = bytes.subarray(0, firstBadByte(bytes))
  const before = new TextDecoder('utf-8').decode(good, { stream: true })
  const lines = before.split('\n')
  return {
    code: 'not-text',
    level: 'error',
    message:
      'This is not UTF-8 text, and manifests are YAML or JSON. Nothing is read from this file; save it as UTF-8, or ' +
      'leave it out',
    position: { file, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 },
    resource: null,
  }
}

/** Where the decoder gives up; found by halving, as it does not say. */
function firstBadByte(bytes: Uint8Array): number {
  let good = 0
  let bad = bytes.length
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2)
    if (isText(bytes.subarray(0, middle))) good = middle
    else bad = middle
  }
  return good
}

/** Whether the bytes begin a text: a letter may be cut in two at their end. */
function isText(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}
