/** The kinds that the engine models. */
export type ModelledKind =
  | 'Namespace'
  | 'GatewayClass'
  | 'KubernetesGateway'
  | 'HTTPRoute'
  | 'GRPCRoute'
  | 'ReferenceGrant'
  | 'Service'
  | 'Pod'
  | 'Deployment'
  | 'StatefulSet'
  | 'ReplicaSet'
  | 'EndpointSlice'
  | 'Gateway'
  | 'VirtualService'
  | 'DestinationRule'
  | 'ServiceEntry'
  | 'WorkloadEntry'
  | 'Sidecar'
  | 'PeerAuthentication'

/** What the engine makes of a kind. */
export type KindStatus =
  | { readonly status: 'modelled'; readonly kind: ModelledKind }
  /** The kind is modelled, but the API server does not serve it under this version. */
  | { readonly status: 'unknown-version'; readonly known: readonly string[] }
  /** It can change where a request goes, and the engine does not know how. */
  | { readonly status: 'not-modelled' }
  /** It cannot change where a request goes, or is nobody's whom we know. */
  | { readonly status: 'irrelevant' }

/** What the engine makes of objects of this kind. */
export function kindStatus(apiVersion: string, kind: string): KindStatus {
  const { group, version } = splitApiVersion(apiVersion)
  const modelled = modelledKinds.get(group)?.find((entry) => (entry.name ?? entry.kind) === kind)
  if (modelled !== undefined) {
    return modelled.versions.includes(version)
      ? { status: 'modelled', kind: modelled.kind }
      : { status: 'unknown-version', known: modelled.versions.map((known) => join(group, known)) }
  }
  const named = routingKinds.get(group)
  if (named === '*' || (named?.includes(kind) ?? false)) return { status: 'not-modelled' }
  return { status: 'irrelevant' }
}

/** Whether objects of this kind live outside namespaces. */
export function isClusterScoped(apiVersion: string, kind: string): boolean {
  return clusterScopedKinds.get(splitApiVersion(apiVersion).group)?.includes(kind) ?? false
}

const istioVersions = ['v1', 'v1beta1', 'v1alpha3']
const gatewayApiVersions = ['v1', 'v1beta1']

interface KnownKind {
  readonly kind: ModelledKind
  /** As manifests write it. Default: the same. */
  readonly name?: string
  readonly versions: readonly string[]
}

const modelledKinds = new Map<string, readonly KnownKind[]>([
  [
    '',
    [
      { kind: 'Namespace', versions: ['v1'] },
      { kind: 'Service', versions: ['v1'] },
      { kind: 'Pod', versions: ['v1'] },
    ],
  ],
  [
    'apps',
    [
      { kind: 'Deployment', versions: ['v1'] },
      { kind: 'StatefulSet', versions: ['v1'] },
      { kind: 'ReplicaSet', versions: ['v1'] },
    ],
  ],
  ['discovery.k8s.io', [{ kind: 'EndpointSlice', versions: ['v1'] }]],
  [
    'gateway.networking.k8s.io',
    [
      { kind: 'GatewayClass', versions: gatewayApiVersions },
      { kind: 'KubernetesGateway', name: 'Gateway', versions: gatewayApiVersions },
      { kind: 'HTTPRoute', versions: gatewayApiVersions },
      { kind: 'GRPCRoute', versions: ['v1'] },
      { kind: 'ReferenceGrant', versions: gatewayApiVersions },
    ],
  ],
  [
    'networking.istio.io',
    [
      { kind: 'Gateway', versions: istioVersions },
      { kind: 'VirtualService', versions: istioVersions },
      { kind: 'DestinationRule', versions: istioVersions },
      { kind: 'ServiceEntry', versions: istioVersions },
      { kind: 'WorkloadEntry', versions: istioVersions },
      { kind: 'Sidecar', versions: istioVersions },
    ],
  ],
  ['security.istio.io', [{ kind: 'PeerAuthentication', versions: ['v1', 'v1beta1'] }]],
])

const routingKinds = new Map<string, readonly string[] | '*'>([
  ['', ['ReplicationController', 'Endpoints']],
  ['apps', ['DaemonSet']],
  ['networking.k8s.io', ['Ingress']],
  ['networking.istio.io', '*'],
  // It feeds the claims that routes can match on. AuthorizationPolicy may refuse a request where it arrives, and
  // never sends it elsewhere.
  ['security.istio.io', ['RequestAuthentication']],
  ['extensions.istio.io', '*'],
  ['gateway.networking.k8s.io', '*'],
  ['gateway.networking.x-k8s.io', '*'],
  ['argoproj.io', ['Rollout']],
  ['flagger.app', ['Canary']],
])

const clusterScopedKinds = new Map<string, readonly string[]>([
  ['', ['Namespace', 'Node', 'PersistentVolume']],
  ['apiextensions.k8s.io', ['CustomResourceDefinition']],
  ['apiregistration.k8s.io', ['APIService']],
  [
    'admissionregistration.k8s.io',
    [
      'MutatingWebhookConfiguration',
      'ValidatingWebhookConfiguration',
      'ValidatingAdmissionPolicy',
      'ValidatingAdmissionPolicyBinding',
    ],
  ],
  ['gateway.networking.k8s.io', ['GatewayClass']],
  ['networking.k8s.io', ['IngressClass']],
  ['rbac.authorization.k8s.io', ['ClusterRole', 'ClusterRoleBinding']],
  ['scheduling.k8s.io', ['PriorityClass']],
  ['storage.k8s.io', ['StorageClass', 'CSIDriver', 'CSINode', 'VolumeAttachment']],
])

function splitApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/')
  return slash === -1
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) }
}

function join(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`
}
