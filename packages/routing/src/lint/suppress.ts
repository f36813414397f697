import type { Resource } from '../manifest/resource.ts'

/**
 * Whether the resource itself says that this finding is not wanted: the annotation
 * `galley.istio.io/analyze-suppress` holds codes of either kind, with commas between, or `*`
 * (istio: pkg/config/analysis/local/istiod_analyze.go).
 */
export function isSuppressed({ annotations }: Resource, code: string): boolean {
  const written = annotations['galley.istio.io/analyze-suppress']
  if (written === undefined) return false
  return written.split(',').some((entry) => entry.trim() === code || entry.trim() === '*')
}
