import type { Resource } from '../manifest/resource.ts'

/** The namespaces whose proxies see a resource. */
export type Visibility =
  | { readonly everywhere: true }
  | { readonly everywhere: false; readonly namespaces: readonly string[] }

/**
 * What `exportTo` of a resource in `namespace` means: nothing or `*` is everywhere, `.` its own namespace,
 * `~` nowhere (istio: pilot/pkg/model/push_context.go).
 */
export function exportedTo(exportTo: readonly string[], namespace: string): Visibility {
  if (exportTo.length === 0 || exportTo.includes('*')) return { everywhere: true }
  if (exportTo.includes('~')) return { everywhere: false, namespaces: [] }
  const namespaces = exportTo.map((entry) => (entry === '.' ? namespace : entry))
  return { everywhere: false, namespaces: [...new Set(namespaces)] }
}

/** The same for a Service, which says it in an annotation. */
export function readServiceExport({ annotations, namespace }: Resource): Visibility {
  const written = annotations['networking.istio.io/exportTo'] ?? ''
  const entries = written.split(',').map((entry) => entry.trim())
  return exportedTo(
    entries.filter((entry) => entry !== ''),
    namespace,
  )
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
