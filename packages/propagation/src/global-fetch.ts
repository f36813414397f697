/**
 * Puts another function in the place of the global `fetch`.
 *
 * @returns a function that puts it back, unless somebody has replaced ours since.
 */
export function replaceFetch(
  replacement: (fetch: typeof globalThis.fetch) => typeof globalThis.fetch,
): () => void {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'fetch')
  if (before === undefined || typeof globalThis.fetch !== 'function') return () => undefined
  const made = replacement(globalThis.fetch)
  // Reflect, for a global object that is frozen.
  Reflect.defineProperty(globalThis, 'fetch', {
    value: made,
    configurable: true,
    enumerable: before.enumerable === true,
    writable: true,
  })
  return () => {
    if (globalThis.fetch === made) Reflect.defineProperty(globalThis, 'fetch', before)
  }
}
