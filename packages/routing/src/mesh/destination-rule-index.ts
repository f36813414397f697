import { compareAge } from './age.ts'
import type { DestinationRule, Subset } from './destination-rule.ts'
import { compareSpecificity, isWildcard } from './host.ts'
import { sameLabels, selects } from './labels.ts'
import type { Labels } from './labels.ts'
import type { MeshConfig } from './mesh-config.ts'

/** DestinationRules by who can see them. Rules of one namespace for one host are merged. */
export interface DestinationRuleIndex {
  /** By namespace, for callers in it. */
  readonly local: ReadonlyMap<string, RulesByHost>
  /** By namespace, for callers elsewhere. */
  readonly exported: ReadonlyMap<string, RulesByHost>
  /** Whose rules hold for the whole mesh where nothing nearer does. */
  readonly rootNamespace: string
  /** Rules of the root namespace that are for that namespace alone. */
  readonly rootPrivate: RulesByHost
}

/** Several entries for one host differ in `exportTo` or `workloadSelector`. */
type RulesByHost = ReadonlyMap<string, readonly MergedRule[]>

/** What the DestinationRules of one namespace say about one host. */
export interface MergedRule {
  readonly exportTo: ReadonlySet<string>
  readonly workloadSelector: Labels | null
  /** Of several with one name the first counts. */
  readonly subsets: readonly Subset[]
  /** The oldest of the rules. */
  readonly rule: DestinationRule
  /** The one whose traffic policy counts: the oldest with a policy. */
  readonly policy: DestinationRule | null
}

/** Whose view it is. */
export interface Viewer {
  readonly namespace: string
  readonly labels: Labels
}

/** Sorts the rules by who sees them (istio: push_context.go, setDestinationRules). */
export function indexDestinationRules(
  rules: readonly DestinationRule[],
  { rootNamespace, defaultDestinationRuleExportTo }: MeshConfig,
): DestinationRuleIndex {
  const local = new Map<string, Map<string, MergedRule[]>>()
  const exported = new Map<string, Map<string, MergedRule[]>>()
  const rootPrivate = new Map<string, MergedRule[]>()
  for (const rule of rules.toSorted(compareForMerge)) {
    // A rule for some workloads is never exported.
    const exportTo = new Set(rule.workloadSelector === null ? rule.exportTo : ['.'])
    const isOwn = exportTo.has('.') || exportTo.has(rule.namespace)
    if (exportTo.size === 0 || exportTo.has('*') || isOwn) {
      merge(rulesOf(local, rule.namespace), rule, exportTo)
    }
    const isPrivate =
      exportTo.size === 0
        ? defaultDestinationRuleExportTo.includes('.')
        : exportTo.size === 1 && isOwn
    if (!isPrivate) merge(rulesOf(exported, rule.namespace), rule, exportTo)
    else if (rule.namespace === rootNamespace) merge(rootPrivate, rule, exportTo)
  }
  return { local, exported, rootNamespace, rootPrivate }
}

/**
 * The rule that holds for a caller and a Service, or null. The first place that knows the host decides, and
 * hides the others: the caller's namespace, the Service's, the root namespace. In each an exact host comes
 * before wildcards, of which the most specific counts (istio: push_context.go, destinationRule).
 */
export function findDestinationRule(
  index: DestinationRuleIndex,
  viewer: Viewer,
  service: { readonly host: string; readonly namespace: string },
): MergedRule | null {
  const { host } = service
  const { rootNamespace } = index
  const own =
    viewer.namespace === rootNamespace ? index.rootPrivate : index.local.get(viewer.namespace)
  const nearest = own === undefined ? null : mostSpecific(own, host)
  if (nearest !== null) return choose(nearest, viewer)
  for (const namespace of [service.namespace, rootNamespace]) {
    const found = mostSpecific(index.exported.get(namespace) ?? new Map(), host)
    const visible = (found ?? []).filter(({ exportTo }) => isExportedTo(exportTo, viewer.namespace))
    if (visible.length > 0) return choose(visible, viewer)
  }
  return null
}

/** Rules for some workloads first, so that the others merge around them; then by age. */
function compareForMerge(a: DestinationRule, b: DestinationRule): number {
  if ((a.workloadSelector === null) !== (b.workloadSelector === null)) {
    return a.workloadSelector === null ? 1 : -1
  }
  return compareAge(a, b)
}

function rulesOf(
  byNamespace: Map<string, Map<string, MergedRule[]>>,
  namespace: string,
): Map<string, MergedRule[]> {
  const known = byNamespace.get(namespace)
  if (known !== undefined) return known
  const rules = new Map<string, MergedRule[]>()
  byNamespace.set(namespace, rules)
  return rules
}

/**
 * Adds a rule to those of its namespace for the same host: its subsets join a rule with the same `exportTo`
 * and selector, where the first of a name stays; else it stands apart
 * (istio: pilot/pkg/model/destination_rule.go, mergeDestinationRule).
 */
function merge(
  byHost: Map<string, MergedRule[]>,
  rule: DestinationRule,
  exportTo: ReadonlySet<string>,
): void {
  const policy = rule.hasTrafficPolicy ? rule : null
  let apart = true
  const merged: MergedRule[] = []
  for (const existing of byHost.get(rule.host) ?? []) {
    const fit = howItFits(rule, exportTo, existing)
    apart = fit !== 'joins'
    merged.push(fit === 'stands apart' ? existing : withSubsetsOf(existing, rule))
  }
  const { workloadSelector, subsets } = rule
  if (apart) merged.push({ exportTo, workloadSelector, subsets, rule, policy })
  byHost.set(rule.host, merged)
}

function howItFits(
  rule: DestinationRule,
  exportTo: ReadonlySet<string>,
  existing: MergedRule,
): 'joins' | 'joins and stands apart' | 'stands apart' {
  const same = sameSet(exportTo, existing.exportTo)
  if (!same && !(existing.exportTo.size > 0 && isSuperset(exportTo, existing.exportTo))) {
    return 'stands apart'
  }
  if (sameLabels(rule.workloadSelector, existing.workloadSelector)) return 'joins'
  if (rule.workloadSelector !== null && existing.workloadSelector !== null) return 'stands apart'
  return same ? 'joins' : 'joins and stands apart'
}

function withSubsetsOf(existing: MergedRule, rule: DestinationRule): MergedRule {
  return {
    ...existing,
    policy: existing.policy ?? (rule.hasTrafficPolicy ? rule : null),
    subsets: [...existing.subsets, ...rule.subsets],
  }
}

function mostSpecific(byHost: RulesByHost, host: string): readonly MergedRule[] | null {
  const exact = byHost.get(host)
  if (exact !== undefined) return exact
  const wildcards = [...byHost.keys()].filter(
    (candidate) => isWildcard(candidate) && host.endsWith(candidate.slice(1)),
  )
  const [best] = wildcards.toSorted(compareSpecificity)
  return best === undefined ? null : (byHost.get(best) ?? null)
}

/** A rule for this workload comes first, else the one for every caller (istio: sidecar.go). */
function choose(rules: readonly MergedRule[], viewer: Viewer): MergedRule | null {
  const own = rules.find(
    ({ workloadSelector }) => workloadSelector !== null && selects(workloadSelector, viewer.labels),
  )
  return own ?? rules.findLast(({ workloadSelector }) => workloadSelector === null) ?? null
}

function isExportedTo(exportTo: ReadonlySet<string>, namespace: string): boolean {
  return exportTo.size === 0 || exportTo.has('*') || exportTo.has(namespace)
}

function isSuperset(outer: ReadonlySet<string>, inner: ReadonlySet<string>): boolean {
  return [...inner].every((entry) => outer.has(entry))
}

function sameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && isSuperset(a, b)
}
