import type { Fields, Manifest, Value } from './manifest.ts'
import type { World } from './world.ts'

/**
 * The smallest world found for which `fails` still holds, by taking parts away until none can go: whole
 * requests and objects first, then fields and items at any depth. `fails` is asked one world at a time.
 *
 * @param budget how many worlds may be asked; default 600
 */
export async function shrink(
  world: World,
  fails: (world: World) => Promise<boolean>,
  budget = 600,
): Promise<World> {
  let left = budget
  const holds = async (candidate: World): Promise<boolean> => {
    if (left <= 0) return false
    left -= 1
    return fails(candidate)
  }

  let best = world
  for (;;) {
    const found = await once(best, holds)
    // What cannot go at first may be able to once others went.
    if (found === best || left <= 0) return found
    best = found
  }
}

async function once(world: World, holds: (world: World) => Promise<boolean>): Promise<World> {
  let best = world
  const take = async (candidate: World): Promise<boolean> => {
    const held = await holds(candidate)
    if (held) best = candidate
    return held
  }
  if (best.meshConfig !== null) await take({ ...best, meshConfig: null })
  await withoutParts(best.requests, (requests) => take({ ...best, requests }))
  await withoutParts(best.manifests, (manifests) => take({ ...best, manifests }))
  for (const [index, manifest] of [...best.manifests].entries()) {
    await smallerManifest(manifest, (fewer) =>
      take({ ...best, manifests: best.manifests.with(index, fewer) }),
    )
  }
  return best
}

/** Tries the list without halves, quarters … single items, as long as that holds. */
async function withoutParts<T>(
  items: readonly T[],
  holds: (items: readonly T[]) => Promise<boolean>,
): Promise<void> {
  let kept = items
  for (
    let size = Math.ceil(kept.length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let start = 0; start < kept.length;) {
      const fewer = kept.toSpliced(start, size)
      if (await holds(fewer)) kept = fewer
      else start += size
    }
  }
}

/** Tries the object without each part but what names it. */
async function smallerManifest(
  manifest: Manifest,
  holds: (manifest: Manifest) => Promise<boolean>,
): Promise<void> {
  const { name, namespace, ...more } = manifest.metadata
  const identity = namespace === undefined ? { name } : { name, namespace }
  const described = (fields: Fields): Manifest => ({
    ...manifest,
    metadata: { ...fields, ...identity },
  })
  const kept = described(await smallerFields(more, (fewer) => holds(described(fewer))))
  if (kept.spec !== undefined) await smallerFields(kept.spec, (spec) => holds({ ...kept, spec }))
}

async function smaller(value: Value, holds: (value: Value) => Promise<boolean>): Promise<Value> {
  if (isList(value)) return smallerList(value, holds)
  return isFields(value) ? smallerFields(value, holds) : value
}

async function smallerFields(
  fields: Fields,
  holds: (fields: Fields) => Promise<boolean>,
): Promise<Fields> {
  let kept = fields
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined) continue
    const { [key]: _, ...others } = kept
    if (await holds(others)) {
      kept = others
    } else {
      const part = await smaller(value, (candidate) => holds({ ...kept, [key]: candidate }))
      kept = { ...kept, [key]: part }
    }
  }
  return kept
}

async function smallerList(
  list: readonly Value[],
  holds: (list: readonly Value[]) => Promise<boolean>,
): Promise<readonly Value[]> {
  let kept = list
  for (let index = 0; index < kept.length;) {
    const fewer = kept.toSpliced(index, 1)
    if (await holds(fewer)) {
      kept = fewer
    } else {
      const at = index
      const item = await smaller(kept[at] ?? null, (candidate) => holds(kept.with(at, candidate)))
      kept = kept.with(at, item)
      index += 1
    }
  }
  return kept
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}

function isFields(value: Value): value is Fields {
  return typeof value === 'object' && value !== null && !isList(value)
}
