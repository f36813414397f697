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
  TL002: {
    name: 'subset-hidden',
    level: 'error',
    title: 'A caller does not see the DestinationRule that has the subset: 503 NC',
    source: 'istio: pilot/pkg/model/push_context.go, destinationRule',
  },
  TL003: {
    name: 'route-without-pods',
    level: 'warning',
    title: 'A route leads to a Service that selects no pod: 503 UH',
    source: 'istio/istio#46240; Gateway API, invalid backendRefs',
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
  TL009: {
    name: 'header-key',
    level: 'error',
    title: 'A name in `headers` that no request has',
    source: 'istio.io/docs/reference HTTPMatchRequest.headers',
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
  TL012: {
    name: 'less-specific-than-baseline',
    level: 'error',
    title: 'A baseline match asks for more than the lane’s and takes its requests',
    source: 'gateway-api: apis/v1/httproute_types.go, precedence of matches',
  },
  TL013: {
    name: 'too-large',
    level: 'warning',
    title: 'More routes or bytes than istiod, its proxies or kubectl bear',
    source: 'istio/istio#55054; kubernetes/kubectl#712',
  },
  TL014: {
    name: 'two-kinds-of-rules',
    level: 'warning',
    title: 'A Service has an HTTPRoute and a VirtualService',
    source: 'istio/istio.io#16670',
  },
  TL015: {
    name: 'lane-port-not-http',
    level: 'error',
    title: 'A Service with lanes has a port that is carried as bytes',
    source: 'istio: pkg/config/kube/conversion.go, ConvertProtocol',
  },
  TL016: {
    name: 'invalid-name',
    level: 'error',
    title: 'A branch’s name that is no label or object name',
    source: 'Kubernetes: object names and labels',
  },
  TL017: {
    name: 'caller-without-sidecar',
    level: 'warning',
    title: 'A caller without a sidecar reaches any version',
    source: 'Kubernetes: Virtual IPs and Service Proxies',
  },
  TL018: {
    name: 'filter-that-has-gone',
    level: 'error',
    title: 'An EnvoyFilter names what Envoy or a waypoint no longer knows',
    source: 'alibaba/virtual-environment#32; istio.io/docs/ambient/usage/l7-features',
  },
  TL019: {
    name: 'source-in-ambient',
    level: 'warning',
    title: 'A match of the caller’s labels, which ambient mode ignores',
    source: 'istio/api#3517',
  },
  TL020: {
    name: 'lane-without-end',
    level: 'info',
    title: 'A lane without owner or end, where others have them',
    source: 'kube-janitor; GitLab environments',
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
  TL023: {
    name: 'delegate',
    level: 'error',
    title: 'A delegate that Istio leaves out',
    source: 'istio: pilot/pkg/model/virtualservice.go, mergeVirtualServices',
  },
  TL024: {
    name: 'cors-lane-header',
    level: 'warning',
    title: 'A CORS policy that keeps browsers from sending the lane',
    source: 'emissary-ingress/emissary#574',
  },
  TL025: {
    name: 'lane-unreachable',
    level: 'error',
    title: 'An earlier match takes every request of this one',
    source: 'Envoy: the first route that matches decides',
  },
  TL026: {
    name: 'rule-off-the-path',
    level: 'warning',
    title: 'A DestinationRule in a namespace where nobody looks for it',
    source: 'istio.io/docs/ops/best-practices/traffic-management, cross-namespace sharing',
  },
  TL027: {
    name: 'lane-leaves-the-mesh',
    level: 'info',
    title: 'Nothing takes the lane off requests to the outside',
    source: 'W3C Baggage, security and privacy considerations',
  },
  TL028: {
    name: 'subset-twice',
    level: 'warning',
    title: 'One subset with two meanings, of which the older counts',
    source: 'istio: pilot/pkg/model/destination_rule.go, mergeDestinationRule',
  },
  TL029: {
    name: 'idle-timeout-in-a-subset',
    level: 'warning',
    title: 'An idleTimeout that the server’s sidecar does not read',
    source: 'istio: pilot/pkg/networking/core/cluster_traffic_policy.go',
  },
  TL031: {
    name: 'retry-repeats-work',
    level: 'warning',
    title: 'A retry that can do a POST twice',
    source: 'Envoy: config-http-filters-router-x-envoy-retry-on; RFC 9110, 9.2.2',
  },
  TL032: {
    name: 'retry-without-time',
    level: 'warning',
    title: 'The time-out ends before the first try does',
    source: 'Envoy: config.route.v3.RetryPolicy.per_try_timeout',
  },
  TL033: {
    name: 'filter-in-another-context',
    level: 'warning',
    title: 'An EnvoyFilter whose context the selected proxies never have',
    source: 'istio.io/docs/reference EnvoyFilter.PatchContext',
  },
  TL034: {
    name: 'lane-added-not-set',
    level: 'error',
    title: '`add` joins the lane to one that is there already',
    source: 'istio.io/docs/reference Headers.HeaderOperations',
  },
  TL035: {
    name: 'public-lane-header',
    level: 'info',
    title: 'A gateway with TLS lets everybody choose a lane',
    source: 'Envoy: best practices for an edge proxy',
  },
  TL036: {
    name: 'lua-inline-code',
    level: 'info',
    title: 'A deprecated field of Envoy’s Lua filter',
    source: 'Envoy: extensions.filters.http.lua.v3.Lua',
  },
  TL037: {
    name: 'rule-hidden-from-caller',
    level: 'warning',
    title: 'A caller that a rule with lanes is kept from',
    source: 'istio.io/docs/reference Sidecar, exportTo',
  },
  TL038: {
    name: 'old-version',
    level: 'info',
    title: 'An apiVersion that has been replaced',
    source: 'istio/api: kubernetes/customresourcedefinitions.gen.yaml',
  },
  TL040: {
    name: 'lane-never-carried',
    level: 'error',
    title: 'The SDK drops this lane: it is outside the pattern of lanes',
    source: 'packages/propagation/src/value.ts',
  },
  TL041: {
    name: 'version-deployed-twice',
    level: 'warning',
    title: 'Two workloads answer for one version of a Service',
    source: 'GitLab: slugs are not unique',
  },
  TL042: {
    name: 'tls-clash',
    level: 'error',
    title: 'Callers speak what the server’s sidecar does not take: 503',
    source:
      'istio.io/docs/ops/common-problems/network-issues, 503 errors after setting destination rule',
  },
  TL050: {
    name: 'nginx-http-1.0',
    level: 'error',
    title: 'nginx speaks HTTP/1.0 to the mesh: 426 Upgrade Required',
    source: 'Envoy: Http1ProtocolOptions.accept_http_10; nginx: proxy_http_version',
  },
  TL051: {
    name: 'nginx-host-lost',
    level: 'error',
    title: 'nginx sends a Host that no rule knows: the lane is lost',
    source: 'istio/istio#41709; nginx: proxy_set_header',
  },
  TL052: {
    name: 'nginx-syntax',
    level: 'error',
    title: 'The text is no nginx configuration',
    source: 'nginx: ngx_conf_file.c',
  },
  TL101: reader('yaml-syntax', 'error', 'The text is no YAML or JSON'),
  TL102: reader('yaml-aliases', 'error', 'An anchor is used more often than the readers allow'),
  TL103: reader('not-an-object', 'error', 'A document is no Kubernetes object'),
  TL104: reader('missing-field', 'error', 'A field that must be there is not'),
  TL105: reader('wrong-type', 'error', 'A value has a type that the field does not take'),
  TL106: reader('bad-value', 'error', 'A value that the field does not take'),
  TL107: reader('unknown-field', 'error', 'A field that the kind does not have'),
  TL108: reader('unknown-version', 'error', 'An apiVersion that the cluster does not serve'),
  TL109: reader('not-modelled', 'info', 'explain and the local mesh do not know this yet'),
  TL110: reader('bad-regex', 'error', 'RE2 or Istio refuses the regular expression'),
  TL111: {
    name: 'refused',
    level: 'error',
    title: 'Istio’s validating webhook refuses the object',
    source: 'istio: pkg/config/validation/validation.go',
  },
  TL112: reader('yaml-too-long', 'error', 'A document that is too long to be read'),
  TL113: reader('bad-backend', 'warning', 'A backend that Istio leaves out, or answers 500 for'),
  TL114: reader('missing-delegate', 'warning', 'A delegated rule that is left out'),
  TL115: reader('listener-conflict', 'warning', 'Two listeners of a Gateway that cannot both be'),
  TL116: reader('refused-route', 'error', 'Istio refuses the whole route'),
  TL117: reader('duplicate-field', 'error', 'A field that is written twice'),
  TL118: reader('not-text', 'error', 'A file that is not UTF-8 text'),
  IST0002: istio(
    'Deprecated',
    'warning',
    'A field or resource that Istio no longer reads, or soon will not',
  ),
  IST0101: istio(
    'ReferencedResourceNotFound',
    'error',
    'A resource that is referred to does not exist',
  ),
  IST0102: istio(
    'NamespaceNotInjected',
    'info',
    'A namespace that does not say whether its pods get a sidecar',
  ),
  IST0103: istio(
    'PodMissingProxy',
    'warning',
    'A pod without the sidecar that its namespace asks for',
  ),
  IST0106: istio('SchemaValidationError', 'error', 'An object that Istio’s webhook refuses'),
  IST0107: istio(
    'MisplacedAnnotation',
    'warning',
    'An annotation of Istio’s on a kind that it is not read from',
  ),
  IST0108: istio('UnknownAnnotation', 'warning', 'An annotation that Istio does not know'),
  IST0109: istio(
    'ConflictingMeshGatewayVirtualServiceHosts',
    'error',
    'Several VirtualServices for one host in the mesh',
  ),
  IST0110: istio('ConflictingSidecarWorkloadSelectors', 'error', 'Several Sidecars select one pod'),
  IST0111: istio(
    'MultipleSidecarsWithoutWorkloadSelectors',
    'error',
    'Several Sidecars for a whole namespace',
  ),
  IST0112: istio(
    'VirtualServiceDestinationPortSelectorRequired',
    'error',
    'A destination with several ports, and none is named',
  ),
  IST0116: istio(
    'DeploymentAssociatedToMultipleServices',
    'warning',
    'Services give one port of a Deployment different transports',
  ),
  IST0118: istio(
    'PortNameIsNotUnderNamingConvention',
    'info',
    'A Service port that does not say what it speaks',
  ),
  IST0123: istio(
    'NamespaceMultipleInjectionLabels',
    'warning',
    'Labels of a namespace contradict each other about sidecars',
  ),
  IST0125: istio(
    'InvalidAnnotation',
    'warning',
    'An annotation with a value that Istio does not take',
  ),
  IST0128: istio(
    'NoServerCertificateVerificationDestinationLevel',
    'warning',
    'TLS to a host without checking its certificate',
  ),
  IST0129: istio(
    'NoServerCertificateVerificationPortLevel',
    'warning',
    'TLS to a port without checking its certificate',
  ),
  IST0130: istio('VirtualServiceUnreachableRule', 'warning', 'A rule that is never used'),
  IST0131: istio(
    'VirtualServiceIneffectiveMatch',
    'info',
    'A match that an earlier one makes needless',
  ),
  IST0132: istio(
    'VirtualServiceHostNotFoundInGateway',
    'warning',
    'A VirtualService whose hosts its Gateway does not serve',
  ),
  IST0133: istio('SchemaWarning', 'warning', 'An object that Istio takes with a warning'),
  IST0134: istio(
    'ServiceEntryAddressesRequired',
    'warning',
    'A TCP port of a ServiceEntry without addresses',
  ),
  IST0135: istio('DeprecatedAnnotation', 'info', 'An annotation that has been replaced'),
  IST0137: istio(
    'DeploymentConflictingPorts',
    'warning',
    'Services lead to one port of a Deployment by different ports',
  ),
  IST0138: istio('GatewayDuplicateCertificate', 'warning', 'Two Gateways with one certificate'),
  IST0140: istio(
    'IngressRouteRulesNotAffected',
    'warning',
    'A gateway’s route that the subsets of the mesh do not hold for',
  ),
  IST0144: istio('InvalidApplicationUID', 'warning', 'A container with the sidecar’s own user'),
  IST0145: istio('ConflictingGateways', 'error', 'Two Gateways with one port and one host'),
  IST0146: istio(
    'ImageAutoWithoutInjectionWarning',
    'warning',
    'A Deployment whose `image: auto` nobody will replace',
  ),
  IST0147: istio(
    'ImageAutoWithoutInjectionError',
    'error',
    'A pod whose `image: auto` nobody has replaced',
  ),
  IST0148: istio(
    'NamespaceInjectionEnabledByDefault',
    'info',
    'A namespace that gets sidecars without asking for them',
  ),
  IST0149: istio(
    'JwtClaimBasedRoutingWithoutRequestAuthN',
    'error',
    'A route by a claim of a token that nobody checks',
  ),
  IST0150: istio(
    'ExternalNameServiceTypeInvalidPortName',
    'warning',
    'An ExternalName port that does not say what it speaks',
  ),
  IST0151: istio(
    'EnvoyFilterUsesRelativeOperation',
    'warning',
    'A patch that turns on the order of EnvoyFilters',
  ),
  IST0152: istio(
    'EnvoyFilterUsesReplaceOperationIncorrectly',
    'error',
    'REPLACE where Istio has no such operation',
  ),
  IST0153: istio('EnvoyFilterUsesAddOperationIncorrectly', 'error', 'ADD where Istio ignores it'),
  IST0154: istio(
    'EnvoyFilterUsesRemoveOperationIncorrectly',
    'error',
    'REMOVE where Istio ignores it',
  ),
  IST0155: istio(
    'EnvoyFilterUsesRelativeOperationWithProxyVersion',
    'warning',
    'A relative patch behind one for a single proxy version',
  ),
  IST0158: istio(
    'PodsIstioProxyImageMismatchInNamespace',
    'warning',
    'Pods with another sidecar than the webhook adds now',
  ),
  IST0161: istio('InvalidGatewayCredential', 'error', 'A Secret without certificate and key'),
  IST0162: istio(
    'GatewayPortNotDefinedOnService',
    'warning',
    'A Gateway’s port that no Service leads to',
  ),
  IST0165: istio(
    'ReferencedInternalGateway',
    'warning',
    'A VirtualService at a gateway that istiod made up',
  ),
  IST0167: istio('IneffectivePolicy', 'warning', 'A Sidecar where there are no sidecars'),
  IST0171: istio('NegativeConditionStatus', 'warning', 'A status that says no'),
  IST0173: istio('DestinationRuleSubsetNotSelectPods', 'error', 'A subset without pods: 503 UH'),
  IST0174: istio(
    'UnknownDestinationRuleHost',
    'warning',
    'A DestinationRule for a host that nobody serves',
  ),
  IST0177: istio(
    'ConflictingServiceEntryProtocol',
    'warning',
    'ServiceEntries disagree about what a port speaks',
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
