import Module, { createRequire } from 'node:module'

/** Is shown what a CommonJS module exports, at the moment at which it was loaded. */
export type Visitor = (exports: unknown, filename: string) => void

/**
 * Shows each CommonJS module that is or will be loaded, whether by `require` or by `import`, to `visit`; for
 * what neither a channel nor a global reaches. Nothing is replaced: the module is loaded as it would be, and
 * code that a bundler took in is not seen.
 *
 * @returns a function that ends it.
 */
export function onModuleLoad(visit: Visitor): () => void {
  const show: Visitor = (exports, filename) => {
    try {
      visit(exports, filename)
    } catch {
      // The module goes on as it is.
    }
  }
  const { cache } = createRequire(import.meta.url)
  for (const loaded of Object.values(cache)) {
    if (loaded?.loaded === true) show(loaded.exports, loaded.filename)
  }
  return afterEachLoad(show)
}

// The one step that both ways of loading share, on every Node. `registerHooks` of Node 22.15 sees sources, not
// what they export, and makes `import` of CommonJS take another way.
function afterEachLoad(show: Visitor): () => void {
  const extensions: unknown = Reflect.get(Module, '_extensions')
  const original: unknown = Reflect.get(Object(extensions), '.js')
  if (!isObject(extensions) || typeof original !== 'function') return () => undefined
  let isOn = true
  function loadAndShow(this: unknown, ...args: unknown[]): unknown {
    const result: unknown = Reflect.apply(Object(original), this, args)
    const [module, filename] = args
    if (isOn && isObject(module) && typeof filename === 'string') {
      show(Reflect.get(module, 'exports'), filename)
    }
    return result
  }
  Reflect.set(extensions, '.js', loadAndShow)
  return () => {
    isOn = false
    if (Reflect.get(extensions, '.js') === loadAndShow) Reflect.set(extensions, '.js', original)
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
