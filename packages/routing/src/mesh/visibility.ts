import type { Resource } from '../manifest/resource.ts'

/** The namespaces whose proxies see a resource. */
export type Visibility =
  | { readonly everywhere: true }
  | { readonly everywhere: false; readonly namespaces: readonly string[] }

/**
 * What `exportTo` of a resource in `namespace` means: `*` is everywhere, `.` its own namespace, `~` nowhere
 * (istio: pilot/pkg/model/push_context.go). Nothing means what the mesh config says.
 */
export function exportedTo(
  exportTo: readonly string[],
  namespace: string,
  byDefault: readonly string[],
): Visibility {
  const entries = exportTo.length === 0 ? byDefault : exportTo
  if (entries.includes('*')) return { everywhere: true }
  if (entries.includes('~')) return { everywhere: false, namespaces: [] }
  const namespaces = entries.map((entry) => (entry === '.' ? namespace : entry))
  return { everywhere: false, namespaces: [...new Set(namespaces)] }
}

/** The same for a Service, which says it in an annotation. */
export function readServiceExport(
  { annotations, namespace }: Resource,
  byDefault: readonly string[],
): Visibility {
  const written = annotations['networking.istio.io/exportTo'] ?? ''
  const entries = written === '' ? [] : written.split(',').map((entry) => entry.trim())
  return exportedTo(entries, namespace, byDefault)
}

/** Whether proxies in `namespace` see it. */
export function isVisibleIn(visibility: Visibility, namespace: string): boolean {
  return visibility.everywhere || visibility.namespaces.includes(namespace)
}

/** `namespace "a" and "b"`, for messages. */
export function describeVisibility(visibility: Visibility): string {
  if (visibility.everywhere) return 'every namespace'
  if (visibility.namespaces.length === 0) return 'no namespace'
  const quoted = visibility.namespaces.map((name) => JSON.stringify(name))
  return `namespace ${quoted.join(' and ')} only`
}
