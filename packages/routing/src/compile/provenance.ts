import type { Provenance } from '../decision.ts'
import type { Path, Resource } from '../manifest/resource.ts'

/**
 * Names the value at `path`. The place is looked up when somebody asks: most routes of a mesh are compiled
 * and never shown.
 */
export function provenanceOf(resource: Resource, path: Path): Provenance {
  return {
    resource: resource.id,
    get position() {
      return resource.position(path)
    },
  }
}

/** The same for the key that names the value. */
export function provenanceOfKey(resource: Resource, path: Path): Provenance {
  return {
    resource: resource.id,
    get position() {
      return resource.keyPosition(path)
    },
  }
}
