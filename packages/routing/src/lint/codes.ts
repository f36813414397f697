import type { Level } from '../diagnostic.ts'

/** What a code stands for. */
export interface CodeEntry {
  /** Kebab case; of the readers' findings the diagnostic's own code. */
  readonly name: string
  /** Default level of its findings. */
  readonly level: Level
  /** One line, as in the table of docs/lint.md. */
  readonly title: string
  /** Where the rule comes from. */
  readonly source: string
}

/**
 * Every code, given once and never used again for something else. `TL001` to `TL099` are checks of ours,
 * `TL1xx` what the readers report, `IST…` Istio's own codes with Istio's own verdict
 * (istio: pkg/config/analysis/msg/messages.yaml).
 */
export const codes = {
  TL001: {
    name: 'sentinel-lane',
    level: 'warning',
    title: 'A word that means "no lane" stands where a lane should',
    source: 'alibaba/virtual-environment#1',
  },
  TL004: {
    name: 'no-baseline',
    level: 'error',
    title: 'Requests without a lane have no route: 404 NR',
    source: 'Istio traffic management best practices',
  },
  TL005: {
    name: 'baseline-takes-every-version',
    level: 'error',
    title: 'The baseline route names no subset, so that plain requests reach the pods of lanes',
    source: 'Envoy load balancing over a cluster without subset',
  },
  TL006: {
    name: 'lanes-at-the-gateway-only',
    level: 'warning',
    title: 'Lane routes hold at a gateway only; callers inside the mesh get any version',
    source: 'istio.io/docs/reference VirtualService.gateways; Signadot routing notes',
  },
  TL007: {
    name: 'second-rule-for-host',
    level: 'warning',
    title: 'Sidecars never use this VirtualService: an older one has the same host',
    source: 'istio: pilot/pkg/model/push_context.go; istio/istio#22997',
  },
  TL008: {
    name: 'half-qualified-host',
    level: 'error',
    title: 'A host like `name.namespace` is not completed and names no Service',
    source: 'istio: pilot/pkg/model/config.go, ResolveShortnameToFQDN',
  },
  TL010: {
    name: 'lane-match-too-wide',
    level: 'warning',
    title: 'A prefix or regex of one lane takes the requests of another',
    source: 'alibaba/virtual-environment; envoyproxy/gateway#5736',
  },
  TL011: {
    name: 'lane-drops-policy',
    level: 'warning',
    title: 'A lane route lacks the time-out, retries, rewrite or CORS policy of its baseline',
    source: 'argoproj/argo-rollouts#2895, #3089',
  },
  TL021: {
    name: 'names-collide',
    level: 'warning',
    title: 'Two versions differ only in `.`, `_`, `/` or case, which tools fold into one name',
    source: 'alibaba/virtual-environment; GitLab CI_COMMIT_REF_SLUG',
  },
  TL022: {
    name: 'duplicate-resource',
    level: 'warning',
    title: 'One object is written twice; the later one counts',
    source: 'kubectl apply',
  },
  TL025: {
    name: 'lane-unreachable',
    level: 'error',
    title: 'An earlier match takes every request of this one',
    source: 'Envoy: the first route that matches decides',
  },
  TL034: {
    name: 'lane-added-not-set',
    level: 'error',
    title: '`add` joins the lane to one that is there already',
    source: 'istio.io/docs/reference Headers.HeaderOperations',
  },
  TL040: {
    name: 'lane-never-carried',
    level: 'error',
    title: 'The SDK drops this lane: it is outside the pattern of lanes',
    source: 'packages/propagation/src/value.ts',
  },
  TL101: reader('yaml-syntax', 'error', 'The text is no YAML or JSON'),
  TL102: reader('yaml-aliases', 'error', 'An anchor is used more often than the readers allow'),
  TL103: reader('not-an-object', 'error', 'A document is no Kubernetes object'),
  TL104: reader('missing-field', 'error', 'A field that must be there is not'),
  TL105: reader('wrong-type', 'error', 'A value has a type that the field does not take'),
  TL106: reader('bad-value', 'error', 'A value that the field does not take'),
  TL107: reader('unknown-field', 'warning', 'A field that the kind does not have'),
  TL108: reader('unknown-version', 'error', 'An apiVersion that the cluster does not serve'),
  TL109: reader('not-modelled', 'info', 'explain and the local mesh do not know this yet'),
  TL110: reader('bad-regex', 'error', 'RE2 or Istio refuses the regular expression'),
  IST0101: istio(
    'ReferencedResourceNotFound',
    'error',
    'A resource that is referred to does not exist',
  ),
} as const satisfies Record<string, CodeEntry>

/** A code of the table. */
export type LintCode = keyof typeof codes

const byName: ReadonlyMap<string, LintCode> = new Map(
  Object.entries(codes).flatMap(([code, { name }]) => (isCode(code) ? [[name, code]] : [])),
)

/** The code of a reader's diagnostic; null where the table has none. */
export function codeOfDiagnostic(name: string): LintCode | null {
  return byName.get(name) ?? null
}

function isCode(code: string): code is LintCode {
  return Object.hasOwn(codes, code)
}

function reader(name: string, level: Level, title: string): CodeEntry {
  return { name, level, title, source: 'Kubernetes API server, strict field validation' }
}

function istio(name: string, level: Level, title: string): CodeEntry {
  return { name, level, title, source: 'istio: pkg/config/analysis/msg/messages.yaml' }
}
