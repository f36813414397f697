const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** The text that base64 stands for, read as UTF-8; null where it is not base64 or no text. */
export function decodeBase64(encoded: string): string | null {
  const clean = encoded.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '')
  let escaped = ''
  let bits = 0
  let held = 0
  for (const digit of clean) {
    const value = digits.indexOf(digit)
    if (value === -1) return null
    bits = (bits << 6) | value
    held += 6
    if (held < 8) continue
    held -= 8
    escaped += `%${((bits >> held) & 0xff).toString(16).padStart(2, '0')}`
    bits &= (1 << held) - 1
  }
  try {
    return decodeURIComponent(escaped)
  } catch {
    return null
  }
}
