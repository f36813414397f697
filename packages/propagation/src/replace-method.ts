/** A method, whatever it takes. */
export type Method = (this: unknown, ...args: unknown[]) => unknown

/**
 * Puts another method in the place of that of an object, or of all instances of a class, given its prototype.
 *
 * @returns a function that puts it back, unless somebody has replaced ours since.
 */
export function replaceMethod(
  object: object,
  name: string,
  wrap: (original: Method) => Method,
): () => void {
  const original: unknown = Reflect.get(object, name)
  if (!isMethod(original)) return () => undefined
  const before = Object.getOwnPropertyDescriptor(object, name)
  const replacement = wrap(original)
  Reflect.defineProperty(object, name, {
    value: replacement,
    configurable: true,
    enumerable: before?.enumerable === true,
    writable: true,
  })
  return () => {
    if (Reflect.get(object, name) !== replacement) return
    if (before === undefined) Reflect.deleteProperty(object, name)
    else Reflect.defineProperty(object, name, before)
  }
}

/** Tells a method from anything else. */
export function isMethod(value: unknown): value is Method {
  return typeof value === 'function'
}
