import Module, { createRequire } from 'node:module'
import { replaceMethod } from './replace-method.ts'

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
  const { cache } = createRequire(import.meta.url)
  for (const loaded of Object.values(cache)) {
    if (loaded?.loaded === true) show(visit, loaded.exports, loaded.filename)
  }
  if (visitors.size === 0) unhook = hook()
  visitors.add(visit)
  return () => {
    if (visitors.delete(visit) && visitors.size === 0) unhook()
  }
}

const visitors = new Set<Visitor>()

let unhook: () => void = () => undefined

// The one step that both ways of loading share, on every Node, and all that replace a loader by one of their own (tsx,
// ts-node, babel). `registerHooks` of Node 22.15 sees sources, not what they export, and makes `import` of CommonJS
// take another way.
function hook(): () => void {
  return replaceMethod(
    Module.prototype,
    '_compile',
    (original) =>
      function _compile(this: unknown, ...args: unknown[]): unknown {
        const result: unknown = Reflect.apply(original, this, args)
        const filename = args[1]
        if (isObject(this) && typeof filename === 'string') {
          for (const visit of visitors) show(visit, Reflect.get(this, 'exports'), filename)
        }
        return result
      },
  )
}

function show(visit: Visitor, exports: unknown, filename: string): void {
  try {
    visit(exports, filename)
  } catch {
    // The module goes on as it is.
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
