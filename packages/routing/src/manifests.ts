/**
 * Written by `pnpm schema`; do not edit. What manifests hold, from the CRDs of Istio and Gateway API and from
 * Kubernetes (all Apache-2.0, see NOTICE).
 */

export type Manifest =
  | AuthorizationPolicy
  | Deployment
  | DestinationRule
  | EndpointSlice
  | EnvoyFilter
  | GRPCRoute
  | Gateway
  | GatewayClass
  | HTTPRoute
  | KubernetesGateway
  | Namespace
  | PeerAuthentication
  | Pod
  | ReferenceGrant
  | RequestAuthentication
  | Service
  | ServiceEntry
  | Sidecar
  | StatefulSet
  | VirtualService
  | WorkloadEntry
  | WorkloadGroup

export interface AuthorizationPolicy {
  apiVersion: 'security.istio.io/v1' | 'security.istio.io/v1beta1'
  kind: 'AuthorizationPolicy'
  metadata: ObjectMeta
  spec?: AuthorizationPolicySpec
  status?: unknown
}
export interface ObjectMeta {
  annotations?: {
    [k: string]: string
  }
  creationTimestamp?: string
  deletionGracePeriodSeconds?: number
  deletionTimestamp?: string
  finalizers?: string[]
  generateName?: string
  generation?: number
  labels?: {
    [k: string]: string
  }
  managedFields?: ManagedFieldsEntry[]
  name?: string
  namespace?: string
  ownerReferences?: OwnerReference[]
  resourceVersion?: string
  selfLink?: string
  uid?: string
}
export interface ManagedFieldsEntry {
  apiVersion?: string
  fieldsType?: string
  fieldsV1?: {
    [k: string]: unknown
  }
  manager?: string
  operation?: string
  subresource?: string
  time?: string
}
export interface OwnerReference {
  apiVersion?: string
  blockOwnerDeletion?: boolean
  controller?: boolean
  kind?: string
  name?: string
  uid?: string
}
export interface AuthorizationPolicySpec {
  action?: 'ALLOW' | 'DENY' | 'AUDIT' | 'CUSTOM'
  provider?: {
    name?: string
  }
  rules?: {
    from?: {
      source?: {
        ipBlocks?: string[]
        namespaces?: string[]
        notIpBlocks?: string[]
        notNamespaces?: string[]
        notPrincipals?: string[]
        notRemoteIpBlocks?: string[]
        notRequestPrincipals?: string[]
        notServiceAccounts?: string[]
        notTrustDomains?: string[]
        principals?: string[]
        remoteIpBlocks?: string[]
        requestPrincipals?: string[]
        serviceAccounts?: string[]
        trustDomains?: string[]
      }
    }[]
    to?: {
      operation?: {
        hosts?: string[]
        methods?: string[]
        notHosts?: string[]
        notMethods?: string[]
        notPaths?: string[]
        notPorts?: string[]
        paths?: string[]
        ports?: string[]
      }
    }[]
    when?: {
      key: string
      notValues?: string[]
      values?: string[]
    }[]
  }[]
  selector?: {
    matchLabels?: {
      [k: string]: string
    }
  }
  targetRef?: {
    group?: string
    kind: string
    name: string
    namespace?: string
  }
  targetRefs?: {
    group?: string
    kind: string
    name: string
    namespace?: string
  }[]
}
export interface Deployment {
  apiVersion: 'apps/v1'
  kind: 'Deployment'
  metadata: ObjectMeta
  spec?: DeploymentSpec
  status?: unknown
}
export interface DeploymentSpec {
  minReadySeconds?: number
  paused?: boolean
  progressDeadlineSeconds?: number
  replicas?: number
  revisionHistoryLimit?: number
  selector?: LabelSelector
  strategy?: DeploymentStrategy
  template?: PodTemplateSpec
}
export interface LabelSelector {
  matchExpressions?: LabelSelectorRequirement[]
  matchLabels?: {
    [k: string]: string
  }
}
export interface LabelSelectorRequirement {
  key?: string
  operator?: string
  values?: string[]
}
export interface DeploymentStrategy {
  rollingUpdate?: RollingUpdateDeployment
  type?: string
}
export interface RollingUpdateDeployment {
  maxSurge?: number | string
  maxUnavailable?: number | string
}
export interface PodTemplateSpec {
  metadata?: ObjectMeta
  spec?: PodSpec
}
export interface PodSpec {
  activeDeadlineSeconds?: number
  affinity?: Affinity
  automountServiceAccountToken?: boolean
  containers?: Container[]
  dnsConfig?: PodDNSConfig
  dnsPolicy?: string
  enableServiceLinks?: boolean
  ephemeralContainers?: EphemeralContainer[]
  hostAliases?: HostAlias[]
  hostIPC?: boolean
  hostNetwork?: boolean
  hostPID?: boolean
  hostUsers?: boolean
  hostname?: string
  hostnameOverride?: string
  imagePullSecrets?: LocalObjectReference[]
  initContainers?: Container[]
  nodeName?: string
  nodeSelector?: {
    [k: string]: string
  }
  os?: PodOS
  overhead?: {
    [k: string]: number | string
  }
  preemptionPolicy?: string
  priority?: number
  priorityClassName?: string
  readinessGates?: PodReadinessGate[]
  resourceClaims?: PodResourceClaim[]
  resources?: ResourceRequirements
  restartPolicy?: string
  runtimeClassName?: string
  schedulerName?: string
  schedulingGates?: PodSchedulingGate[]
  schedulingGroup?: PodSchedulingGroup
  securityContext?: PodSecurityContext
  serviceAccount?: string
  serviceAccountName?: string
  setHostnameAsFQDN?: boolean
  shareProcessNamespace?: boolean
  subdomain?: string
  terminationGracePeriodSeconds?: number
  tolerations?: Toleration[]
  topologySpreadConstraints?: TopologySpreadConstraint[]
  volumes?: Volume[]
}
export interface Affinity {
  nodeAffinity?: NodeAffinity
  podAffinity?: PodAffinity
  podAntiAffinity?: PodAntiAffinity
}
export interface NodeAffinity {
  preferredDuringSchedulingIgnoredDuringExecution?: PreferredSchedulingTerm[]
  requiredDuringSchedulingIgnoredDuringExecution?: NodeSelector
}
export interface PreferredSchedulingTerm {
  preference?: NodeSelectorTerm
  weight?: number
}
export interface NodeSelectorTerm {
  matchExpressions?: NodeSelectorRequirement[]
  matchFields?: NodeSelectorRequirement[]
}
export interface NodeSelectorRequirement {
  key?: string
  operator?: string
  values?: string[]
}
export interface NodeSelector {
  nodeSelectorTerms?: NodeSelectorTerm[]
}
export interface PodAffinity {
  preferredDuringSchedulingIgnoredDuringExecution?: WeightedPodAffinityTerm[]
  requiredDuringSchedulingIgnoredDuringExecution?: PodAffinityTerm[]
}
export interface WeightedPodAffinityTerm {
  podAffinityTerm?: PodAffinityTerm
  weight?: number
}
export interface PodAffinityTerm {
  labelSelector?: LabelSelector
  matchLabelKeys?: string[]
  mismatchLabelKeys?: string[]
  namespaceSelector?: LabelSelector
  namespaces?: string[]
  topologyKey?: string
}
export interface PodAntiAffinity {
  preferredDuringSchedulingIgnoredDuringExecution?: WeightedPodAffinityTerm[]
  requiredDuringSchedulingIgnoredDuringExecution?: PodAffinityTerm[]
}
export interface Container {
  args?: string[]
  command?: string[]
  env?: EnvVar[]
  envFrom?: EnvFromSource[]
  image?: string
  imagePullPolicy?: string
  lifecycle?: Lifecycle
  livenessProbe?: Probe
  name?: string
  ports?: ContainerPort[]
  readinessProbe?: Probe
  resizePolicy?: ContainerResizePolicy[]
  resources?: ResourceRequirements
  restartPolicy?: string
  restartPolicyRules?: ContainerRestartRule[]
  securityContext?: SecurityContext
  startupProbe?: Probe
  stdin?: boolean
  stdinOnce?: boolean
  terminationMessagePath?: string
  terminationMessagePolicy?: string
  tty?: boolean
  volumeDevices?: VolumeDevice[]
  volumeMounts?: VolumeMount[]
  workingDir?: string
}
export interface EnvVar {
  name?: string
  value?: string
  valueFrom?: EnvVarSource
}
export interface EnvVarSource {
  configMapKeyRef?: ConfigMapKeySelector
  fieldRef?: ObjectFieldSelector
  fileKeyRef?: FileKeySelector
  resourceFieldRef?: ResourceFieldSelector
  secretKeyRef?: SecretKeySelector
}
export interface ConfigMapKeySelector {
  key?: string
  name?: string
  optional?: boolean
}
export interface ObjectFieldSelector {
  apiVersion?: string
  fieldPath?: string
}
export interface FileKeySelector {
  key?: string
  optional?: boolean
  path?: string
  volumeName?: string
}
export interface ResourceFieldSelector {
  containerName?: string
  divisor?: number | string
  resource?: string
}
export interface SecretKeySelector {
  key?: string
  name?: string
  optional?: boolean
}
export interface EnvFromSource {
  configMapRef?: ConfigMapEnvSource
  prefix?: string
  secretRef?: SecretEnvSource
}
export interface ConfigMapEnvSource {
  name?: string
  optional?: boolean
}
export interface SecretEnvSource {
  name?: string
  optional?: boolean
}
export interface Lifecycle {
  postStart?: LifecycleHandler
  preStop?: LifecycleHandler
  stopSignal?: string
}
export interface LifecycleHandler {
  exec?: ExecAction
  httpGet?: HTTPGetAction
  sleep?: SleepAction
  tcpSocket?: TCPSocketAction
}
export interface ExecAction {
  command?: string[]
}
export interface HTTPGetAction {
  host?: string
  httpHeaders?: HTTPHeader[]
  path?: string
  port?: number | string
  scheme?: string
}
export interface HTTPHeader {
  name?: string
  value?: string
}
export interface SleepAction {
  seconds?: number
}
export interface TCPSocketAction {
  host?: string
  port?: number | string
}
export interface Probe {
  exec?: ExecAction
  failureThreshold?: number
  grpc?: GRPCAction
  httpGet?: HTTPGetAction
  initialDelaySeconds?: number
  periodSeconds?: number
  successThreshold?: number
  tcpSocket?: TCPSocketAction
  terminationGracePeriodSeconds?: number
  timeoutSeconds?: number
}
export interface GRPCAction {
  port?: number
  service?: string
}
export interface ContainerPort {
  containerPort?: number
  hostIP?: string
  hostPort?: number
  name?: string
  protocol?: string
}
export interface ContainerResizePolicy {
  resourceName?: string
  restartPolicy?: string
}
export interface ResourceRequirements {
  claims?: ResourceClaim[]
  limits?: {
    [k: string]: number | string
  }
  requests?: {
    [k: string]: number | string
  }
}
export interface ResourceClaim {
  name?: string
  request?: string
}
export interface ContainerRestartRule {
  action?: string
  exitCodes?: ContainerRestartRuleOnExitCodes
}
export interface ContainerRestartRuleOnExitCodes {
  operator?: string
  values?: number[]
}
export interface SecurityContext {
  allowPrivilegeEscalation?: boolean
  appArmorProfile?: AppArmorProfile
  capabilities?: Capabilities
  privileged?: boolean
  procMount?: string
  readOnlyRootFilesystem?: boolean
  runAsGroup?: number
  runAsNonRoot?: boolean
  runAsUser?: number
  seLinuxOptions?: SELinuxOptions
  seccompProfile?: SeccompProfile
  windowsOptions?: WindowsSecurityContextOptions
}
export interface AppArmorProfile {
  localhostProfile?: string
  type?: string
}
export interface Capabilities {
  add?: string[]
  drop?: string[]
}
export interface SELinuxOptions {
  level?: string
  role?: string
  type?: string
  user?: string
}
export interface SeccompProfile {
  localhostProfile?: string
  type?: string
}
export interface WindowsSecurityContextOptions {
  gmsaCredentialSpec?: string
  gmsaCredentialSpecName?: string
  hostProcess?: boolean
  runAsUserName?: string
}
export interface VolumeDevice {
  devicePath?: string
  name?: string
}
export interface VolumeMount {
  mountPath?: string
  mountPropagation?: string
  name?: string
  readOnly?: boolean
  recursiveReadOnly?: string
  subPath?: string
  subPathExpr?: string
}
export interface PodDNSConfig {
  nameservers?: string[]
  options?: PodDNSConfigOption[]
  searches?: string[]
}
export interface PodDNSConfigOption {
  name?: string
  value?: string
}
export interface EphemeralContainer {
  args?: string[]
  command?: string[]
  env?: EnvVar[]
  envFrom?: EnvFromSource[]
  image?: string
  imagePullPolicy?: string
  lifecycle?: Lifecycle
  livenessProbe?: Probe
  name?: string
  ports?: ContainerPort[]
  readinessProbe?: Probe
  resizePolicy?: ContainerResizePolicy[]
  resources?: ResourceRequirements
  restartPolicy?: string
  restartPolicyRules?: ContainerRestartRule[]
  securityContext?: SecurityContext
  startupProbe?: Probe
  stdin?: boolean
  stdinOnce?: boolean
  targetContainerName?: string
  terminationMessagePath?: string
  terminationMessagePolicy?: string
  tty?: boolean
  volumeDevices?: VolumeDevice[]
  volumeMounts?: VolumeMount[]
  workingDir?: string
}
export interface HostAlias {
  hostnames?: string[]
  ip?: string
}
export interface LocalObjectReference {
  name?: string
}
export interface PodOS {
  name?: string
}
export interface PodReadinessGate {
  conditionType?: string
}
export interface PodResourceClaim {
  name?: string
  resourceClaimName?: string
  resourceClaimTemplateName?: string
}
export interface PodSchedulingGate {
  name?: string
}
export interface PodSchedulingGroup {
  podGroupName?: string
}
export interface PodSecurityContext {
  appArmorProfile?: AppArmorProfile
  fsGroup?: number
  fsGroupChangePolicy?: string
  runAsGroup?: number
  runAsNonRoot?: boolean
  runAsUser?: number
  seLinuxChangePolicy?: string
  seLinuxOptions?: SELinuxOptions
  seccompProfile?: SeccompProfile
  supplementalGroups?: number[]
  supplementalGroupsPolicy?: string
  sysctls?: Sysctl[]
  windowsOptions?: WindowsSecurityContextOptions
}
export interface Sysctl {
  name?: string
  value?: string
}
export interface Toleration {
  effect?: string
  key?: string
  operator?: string
  tolerationSeconds?: number
  value?: string
}
export interface TopologySpreadConstraint {
  labelSelector?: LabelSelector
  matchLabelKeys?: string[]
  maxSkew?: number
  minDomains?: number
  nodeAffinityPolicy?: string
  nodeTaintsPolicy?: string
  topologyKey?: string
  whenUnsatisfiable?: string
}
export interface Volume {
  awsElasticBlockStore?: AWSElasticBlockStoreVolumeSource
  azureDisk?: AzureDiskVolumeSource
  azureFile?: AzureFileVolumeSource
  cephfs?: CephFSVolumeSource
  cinder?: CinderVolumeSource
  configMap?: ConfigMapVolumeSource
  csi?: CSIVolumeSource
  downwardAPI?: DownwardAPIVolumeSource
  emptyDir?: EmptyDirVolumeSource
  ephemeral?: EphemeralVolumeSource
  fc?: FCVolumeSource
  flexVolume?: FlexVolumeSource
  flocker?: FlockerVolumeSource
  gcePersistentDisk?: GCEPersistentDiskVolumeSource
  gitRepo?: GitRepoVolumeSource
  glusterfs?: GlusterfsVolumeSource
  hostPath?: HostPathVolumeSource
  image?: ImageVolumeSource
  iscsi?: ISCSIVolumeSource
  name?: string
  nfs?: NFSVolumeSource
  persistentVolumeClaim?: PersistentVolumeClaimVolumeSource
  photonPersistentDisk?: PhotonPersistentDiskVolumeSource
  portworxVolume?: PortworxVolumeSource
  projected?: ProjectedVolumeSource
  quobyte?: QuobyteVolumeSource
  rbd?: RBDVolumeSource
  scaleIO?: ScaleIOVolumeSource
  secret?: SecretVolumeSource
  storageos?: StorageOSVolumeSource
  vsphereVolume?: VsphereVirtualDiskVolumeSource
}
export interface AWSElasticBlockStoreVolumeSource {
  fsType?: string
  partition?: number
  readOnly?: boolean
  volumeID?: string
}
export interface AzureDiskVolumeSource {
  cachingMode?: string
  diskName?: string
  diskURI?: string
  fsType?: string
  kind?: string
  readOnly?: boolean
}
export interface AzureFileVolumeSource {
  readOnly?: boolean
  secretName?: string
  shareName?: string
}
export interface CephFSVolumeSource {
  monitors?: string[]
  path?: string
  readOnly?: boolean
  secretFile?: string
  secretRef?: LocalObjectReference
  user?: string
}
export interface CinderVolumeSource {
  fsType?: string
  readOnly?: boolean
  secretRef?: LocalObjectReference
  volumeID?: string
}
export interface ConfigMapVolumeSource {
  defaultMode?: number
  items?: KeyToPath[]
  name?: string
  optional?: boolean
}
export interface KeyToPath {
  key?: string
  mode?: number
  path?: string
}
export interface CSIVolumeSource {
  driver?: string
  fsType?: string
  nodePublishSecretRef?: LocalObjectReference
  readOnly?: boolean
  volumeAttributes?: {
    [k: string]: string
  }
}
export interface DownwardAPIVolumeSource {
  defaultMode?: number
  items?: DownwardAPIVolumeFile[]
}
export interface DownwardAPIVolumeFile {
  fieldRef?: ObjectFieldSelector
  mode?: number
  path?: string
  resourceFieldRef?: ResourceFieldSelector
}
export interface EmptyDirVolumeSource {
  medium?: string
  sizeLimit?: number | string
}
export interface EphemeralVolumeSource {
  volumeClaimTemplate?: PersistentVolumeClaimTemplate
}
export interface PersistentVolumeClaimTemplate {
  metadata?: ObjectMeta
  spec?: PersistentVolumeClaimSpec
}
export interface PersistentVolumeClaimSpec {
  accessModes?: string[]
  dataSource?: TypedLocalObjectReference
  dataSourceRef?: TypedObjectReference
  resources?: VolumeResourceRequirements
  selector?: LabelSelector
  storageClassName?: string
  volumeAttributesClassName?: string
  volumeMode?: string
  volumeName?: string
}
export interface TypedLocalObjectReference {
  apiGroup?: string
  kind?: string
  name?: string
}
export interface TypedObjectReference {
  apiGroup?: string
  kind?: string
  name?: string
  namespace?: string
}
export interface VolumeResourceRequirements {
  limits?: {
    [k: string]: number | string
  }
  requests?: {
    [k: string]: number | string
  }
}
export interface FCVolumeSource {
  fsType?: string
  lun?: number
  readOnly?: boolean
  targetWWNs?: string[]
  wwids?: string[]
}
export interface FlexVolumeSource {
  driver?: string
  fsType?: string
  options?: {
    [k: string]: string
  }
  readOnly?: boolean
  secretRef?: LocalObjectReference
}
export interface FlockerVolumeSource {
  datasetName?: string
  datasetUUID?: string
}
export interface GCEPersistentDiskVolumeSource {
  fsType?: string
  partition?: number
  pdName?: string
  readOnly?: boolean
}
export interface GitRepoVolumeSource {
  directory?: string
  repository?: string
  revision?: string
}
export interface GlusterfsVolumeSource {
  endpoints?: string
  path?: string
  readOnly?: boolean
}
export interface HostPathVolumeSource {
  path?: string
  type?: string
}
export interface ImageVolumeSource {
  pullPolicy?: string
  reference?: string
}
export interface ISCSIVolumeSource {
  chapAuthDiscovery?: boolean
  chapAuthSession?: boolean
  fsType?: string
  initiatorName?: string
  iqn?: string
  iscsiInterface?: string
  lun?: number
  portals?: string[]
  readOnly?: boolean
  secretRef?: LocalObjectReference
  targetPortal?: string
}
export interface NFSVolumeSource {
  path?: string
  readOnly?: boolean
  server?: string
}
export interface PersistentVolumeClaimVolumeSource {
  claimName?: string
  readOnly?: boolean
}
export interface PhotonPersistentDiskVolumeSource {
  fsType?: string
  pdID?: string
}
export interface PortworxVolumeSource {
  fsType?: string
  readOnly?: boolean
  volumeID?: string
}
export interface ProjectedVolumeSource {
  defaultMode?: number
  sources?: VolumeProjection[]
}
export interface VolumeProjection {
  clusterTrustBundle?: ClusterTrustBundleProjection
  configMap?: ConfigMapProjection
  downwardAPI?: DownwardAPIProjection
  podCertificate?: PodCertificateProjection
  secret?: SecretProjection
  serviceAccountToken?: ServiceAccountTokenProjection
}
export interface ClusterTrustBundleProjection {
  labelSelector?: LabelSelector
  name?: string
  optional?: boolean
  path?: string
  signerName?: string
}
export interface ConfigMapProjection {
  items?: KeyToPath[]
  name?: string
  optional?: boolean
}
export interface DownwardAPIProjection {
  items?: DownwardAPIVolumeFile[]
}
export interface PodCertificateProjection {
  certificateChainPath?: string
  credentialBundlePath?: string
  keyPath?: string
  keyType?: string
  maxExpirationSeconds?: number
  signerName?: string
  userAnnotations?: {
    [k: string]: string
  }
}
export interface SecretProjection {
  items?: KeyToPath[]
  name?: string
  optional?: boolean
}
export interface ServiceAccountTokenProjection {
  audience?: string
  expirationSeconds?: number
  path?: string
}
export interface QuobyteVolumeSource {
  group?: string
  readOnly?: boolean
  registry?: string
  tenant?: string
  user?: string
  volume?: string
}
export interface RBDVolumeSource {
  fsType?: string
  image?: string
  keyring?: string
  monitors?: string[]
  pool?: string
  readOnly?: boolean
  secretRef?: LocalObjectReference
  user?: string
}
export interface ScaleIOVolumeSource {
  fsType?: string
  gateway?: string
  protectionDomain?: string
  readOnly?: boolean
  secretRef?: LocalObjectReference
  sslEnabled?: boolean
  storageMode?: string
  storagePool?: string
  system?: string
  volumeName?: string
}
export interface SecretVolumeSource {
  defaultMode?: number
  items?: KeyToPath[]
  optional?: boolean
  secretName?: string
}
export interface StorageOSVolumeSource {
  fsType?: string
  readOnly?: boolean
  secretRef?: LocalObjectReference
  volumeName?: string
  volumeNamespace?: string
}
export interface VsphereVirtualDiskVolumeSource {
  fsType?: string
  storagePolicyID?: string
  storagePolicyName?: string
  volumePath?: string
}
export interface DestinationRule {
  apiVersion:
    'networking.istio.io/v1' | 'networking.istio.io/v1alpha3' | 'networking.istio.io/v1beta1'
  kind: 'DestinationRule'
  metadata: ObjectMeta
  spec?: DestinationRuleSpec
  status?: unknown
}
export interface DestinationRuleSpec {
  exportTo?: string[]
  host: string
  subsets?: {
    labels?: {
      [k: string]: string
    }
    name: string
    trafficPolicy?: {
      connectionPool?: {
        http?: {
          h2UpgradePolicy?: 'DEFAULT' | 'DO_NOT_UPGRADE' | 'UPGRADE'
          http1MaxPendingRequests?: number
          http2KeepAlive?: {
            interval?: string
            timeout?: string
          }
          http2MaxRequests?: number
          idleTimeout?: string
          maxConcurrentStreams?: number
          maxRequestsPerConnection?: number
          maxRetries?: number
          useClientProtocol?: boolean
        }
        tcp?: {
          connectTimeout?: string
          idleTimeout?: string
          maxConnectionDuration?: string
          maxConnections?: number
          tcpKeepalive?: {
            interval?: string
            probes?: number
            time?: string
          }
        }
      }
      loadBalancer?: {
        consistentHash?: {
          httpCookie?: {
            attributes?: {
              name: string
              value?: string
            }[]
            name: string
            path?: string
            ttl?: string
          }
          httpHeaderName?: string
          httpQueryParameterName?: string
          maglev?: {
            tableSize?: number
          }
          minimumRingSize?: number
          ringHash?: {
            minimumRingSize?: number
          }
          useSourceIp?: boolean
        }
        localityLbSetting?: {
          distribute?: {
            from?: string
            to?: {
              [k: string]: number
            }
          }[]
          enabled?: boolean | null
          failover?: {
            from?: string
            to?: string
          }[]
          failoverPriority?: string[]
        }
        simple?:
          'UNSPECIFIED' | 'LEAST_CONN' | 'RANDOM' | 'PASSTHROUGH' | 'ROUND_ROBIN' | 'LEAST_REQUEST'
        warmup?: {
          aggression?: number | null
          duration: string
          minimumPercent?: number | null
        }
        warmupDurationSecs?: string
        zoneAwareLbSetting?: {
          enabled?: boolean | null
          failover?: {
            from?: string
            to?: string
          }[]
          failoverPriority?: string[]
          minClusterSize?: number | null
        }
      }
      outlierDetection?: {
        baseEjectionTime?: string
        consecutive5xxErrors?: number | null
        consecutiveErrors?: number
        consecutiveGatewayErrors?: number | null
        consecutiveLocalOriginFailures?: number | null
        interval?: string
        maxEjectionPercent?: number
        minHealthPercent?: number
        outlierDetectionHttpErrorCodes?: number[]
        splitExternalLocalOriginErrors?: boolean
      }
      portLevelSettings?: {
        connectionPool?: {
          http?: {
            h2UpgradePolicy?: 'DEFAULT' | 'DO_NOT_UPGRADE' | 'UPGRADE'
            http1MaxPendingRequests?: number
            http2KeepAlive?: {
              interval?: string
              timeout?: string
            }
            http2MaxRequests?: number
            idleTimeout?: string
            maxConcurrentStreams?: number
            maxRequestsPerConnection?: number
            maxRetries?: number
            useClientProtocol?: boolean
          }
          tcp?: {
            connectTimeout?: string
            idleTimeout?: string
            maxConnectionDuration?: string
            maxConnections?: number
            tcpKeepalive?: {
              interval?: string
              probes?: number
              time?: string
            }
          }
        }
        loadBalancer?: {
          consistentHash?: {
            httpCookie?: {
              attributes?: {
                name: string
                value?: string
              }[]
              name: string
              path?: string
              ttl?: string
            }
            httpHeaderName?: string
            httpQueryParameterName?: string
            maglev?: {
              tableSize?: number
            }
            minimumRingSize?: number
            ringHash?: {
              minimumRingSize?: number
            }
            useSourceIp?: boolean
          }
          localityLbSetting?: {
            distribute?: {
              from?: string
              to?: {
                [k: string]: number
              }
            }[]
            enabled?: boolean | null
            failover?: {
              from?: string
              to?: string
            }[]
            failoverPriority?: string[]
          }
          simple?:
            | 'UNSPECIFIED'
            | 'LEAST_CONN'
            | 'RANDOM'
            | 'PASSTHROUGH'
            | 'ROUND_ROBIN'
            | 'LEAST_REQUEST'
          warmup?: {
            aggression?: number | null
            duration: string
            minimumPercent?: number | null
          }
          warmupDurationSecs?: string
          zoneAwareLbSetting?: {
            enabled?: boolean | null
            failover?: {
              from?: string
              to?: string
            }[]
            failoverPriority?: string[]
            minClusterSize?: number | null
          }
        }
        outlierDetection?: {
          baseEjectionTime?: string
          consecutive5xxErrors?: number | null
          consecutiveErrors?: number
          consecutiveGatewayErrors?: number | null
          consecutiveLocalOriginFailures?: number | null
          interval?: string
          maxEjectionPercent?: number
          minHealthPercent?: number
          outlierDetectionHttpErrorCodes?: number[]
          splitExternalLocalOriginErrors?: boolean
        }
        port?: {
          number?: number
        }
        tls?: {
          caCertificates?: string
          caCrl?: string
          clientCertificate?: string
          credentialName?: string
          insecureSkipVerify?: boolean | null
          mode?: 'DISABLE' | 'SIMPLE' | 'MUTUAL' | 'ISTIO_MUTUAL'
          privateKey?: string
          sni?: string
          subjectAltNames?: string[]
        }
      }[]
      proxyProtocol?: {
        version?: 'V1' | 'V2'
      }
      retryBudget?: {
        budgetInterval?: string
        minRetryConcurrency?: number
        percent?: number | null
      }
      tls?: {
        caCertificates?: string
        caCrl?: string
        clientCertificate?: string
        credentialName?: string
        insecureSkipVerify?: boolean | null
        mode?: 'DISABLE' | 'SIMPLE' | 'MUTUAL' | 'ISTIO_MUTUAL'
        privateKey?: string
        sni?: string
        subjectAltNames?: string[]
      }
      tunnel?: {
        protocol?: string
        targetHost: string
        targetPort: number
      }
    }
  }[]
  trafficPolicy?: {
    connectionPool?: {
      http?: {
        h2UpgradePolicy?: 'DEFAULT' | 'DO_NOT_UPGRADE' | 'UPGRADE'
        http1MaxPendingRequests?: number
        http2KeepAlive?: {
          interval?: string
          timeout?: string
        }
        http2MaxRequests?: number
        idleTimeout?: string
        maxConcurrentStreams?: number
        maxRequestsPerConnection?: number
        maxRetries?: number
        useClientProtocol?: boolean
      }
      tcp?: {
        connectTimeout?: string
        idleTimeout?: string
        maxConnectionDuration?: string
        maxConnections?: number
        tcpKeepalive?: {
          interval?: string
          probes?: number
          time?: string
        }
      }
    }
    loadBalancer?: {
      consistentHash?: {
        httpCookie?: {
          attributes?: {
            name: string
            value?: string
          }[]
          name: string
          path?: string
          ttl?: string
        }
        httpHeaderName?: string
        httpQueryParameterName?: string
        maglev?: {
          tableSize?: number
        }
        minimumRingSize?: number
        ringHash?: {
          minimumRingSize?: number
        }
        useSourceIp?: boolean
      }
      localityLbSetting?: {
        distribute?: {
          from?: string
          to?: {
            [k: string]: number
          }
        }[]
        enabled?: boolean | null
        failover?: {
          from?: string
          to?: string
        }[]
        failoverPriority?: string[]
      }
      simple?:
        'UNSPECIFIED' | 'LEAST_CONN' | 'RANDOM' | 'PASSTHROUGH' | 'ROUND_ROBIN' | 'LEAST_REQUEST'
      warmup?: {
        aggression?: number | null
        duration: string
        minimumPercent?: number | null
      }
      warmupDurationSecs?: string
      zoneAwareLbSetting?: {
        enabled?: boolean | null
        failover?: {
          from?: string
          to?: string
        }[]
        failoverPriority?: string[]
        minClusterSize?: number | null
      }
    }
    outlierDetection?: {
      baseEjectionTime?: string
      consecutive5xxErrors?: number | null
      consecutiveErrors?: number
      consecutiveGatewayErrors?: number | null
      consecutiveLocalOriginFailures?: number | null
      interval?: string
      maxEjectionPercent?: number
      minHealthPercent?: number
      outlierDetectionHttpErrorCodes?: number[]
      splitExternalLocalOriginErrors?: boolean
    }
    portLevelSettings?: {
      connectionPool?: {
        http?: {
          h2UpgradePolicy?: 'DEFAULT' | 'DO_NOT_UPGRADE' | 'UPGRADE'
          http1MaxPendingRequests?: number
          http2KeepAlive?: {
            interval?: string
            timeout?: string
          }
          http2MaxRequests?: number
          idleTimeout?: string
          maxConcurrentStreams?: number
          maxRequestsPerConnection?: number
          maxRetries?: number
          useClientProtocol?: boolean
        }
        tcp?: {
          connectTimeout?: string
          idleTimeout?: string
          maxConnectionDuration?: string
          maxConnections?: number
          tcpKeepalive?: {
            interval?: string
            probes?: number
            time?: string
          }
        }
      }
      loadBalancer?: {
        consistentHash?: {
          httpCookie?: {
            attributes?: {
              name: string
              value?: string
            }[]
            name: string
            path?: string
            ttl?: string
          }
          httpHeaderName?: string
          httpQueryParameterName?: string
          maglev?: {
            tableSize?: number
          }
          minimumRingSize?: number
          ringHash?: {
            minimumRingSize?: number
          }
          useSourceIp?: boolean
        }
        localityLbSetting?: {
          distribute?: {
            from?: string
            to?: {
              [k: string]: number
            }
          }[]
          enabled?: boolean | null
          failover?: {
            from?: string
            to?: string
          }[]
          failoverPriority?: string[]
        }
        simple?:
          'UNSPECIFIED' | 'LEAST_CONN' | 'RANDOM' | 'PASSTHROUGH' | 'ROUND_ROBIN' | 'LEAST_REQUEST'
        warmup?: {
          aggression?: number | null
          duration: string
          minimumPercent?: number | null
        }
        warmupDurationSecs?: string
        zoneAwareLbSetting?: {
          enabled?: boolean | null
          failover?: {
            from?: string
            to?: string
          }[]
          failoverPriority?: string[]
          minClusterSize?: number | null
        }
      }
      outlierDetection?: {
        baseEjectionTime?: string
        consecutive5xxErrors?: number | null
        consecutiveErrors?: number
        consecutiveGatewayErrors?: number | null
        consecutiveLocalOriginFailures?: number | null
        interval?: string
        maxEjectionPercent?: number
        minHealthPercent?: number
        outlierDetectionHttpErrorCodes?: number[]
        splitExternalLocalOriginErrors?: boolean
      }
      port?: {
        number?: number
      }
      tls?: {
        caCertificates?: string
        caCrl?: string
        clientCertificate?: string
        credentialName?: string
        insecureSkipVerify?: boolean | null
        mode?: 'DISABLE' | 'SIMPLE' | 'MUTUAL' | 'ISTIO_MUTUAL'
        privateKey?: string
        sni?: string
        subjectAltNames?: string[]
      }
    }[]
    proxyProtocol?: {
      version?: 'V1' | 'V2'
    }
    retryBudget?: {
      budgetInterval?: string
      minRetryConcurrency?: number
      percent?: number | null
    }
    tls?: {
      caCertificates?: string
      caCrl?: string
      clientCertificate?: string
      credentialName?: string
      insecureSkipVerify?: boolean | null
      mode?: 'DISABLE' | 'SIMPLE' | 'MUTUAL' | 'ISTIO_MUTUAL'
      privateKey?: string
      sni?: string
      subjectAltNames?: string[]
    }
    tunnel?: {
      protocol?: string
      targetHost: string
      targetPort: number
    }
  }
  workloadSelector?: {
    matchLabels?: {
      [k: string]: string
    }
  }
}
export interface EndpointSlice {
  apiVersion: 'discovery.k8s.io/v1'
  kind: 'EndpointSlice'
  metadata: ObjectMeta
  addressType?: string
  endpoints?: Endpoint[]
  ports?: EndpointPort[]
  status?: unknown
}
export interface Endpoint {
  addresses?: string[]
  conditions?: EndpointConditions
  deprecatedTopology?: {
    [k: string]: string
  }
  hints?: EndpointHints
  hostname?: string
  nodeName?: string
  targetRef?: ObjectReference
  zone?: string
}
export interface EndpointConditions {
  ready?: boolean
  serving?: boolean
  terminating?: boolean
}
export interface EndpointHints {
  forNodes?: ForNode[]
  forZones?: ForZone[]
}
export interface ForNode {
  name?: string
}
export interface ForZone {
  name?: string
}
export interface ObjectReference {
  apiVersion?: string
  fieldPath?: string
  kind?: string
  name?: string
  namespace?: string
  resourceVersion?: string
  uid?: string
}
export interface EndpointPort {
  appProtocol?: string
  name?: string
  port?: number
  protocol?: string
}
export interface EnvoyFilter {
  apiVersion: 'networking.istio.io/v1alpha3'
  kind: 'EnvoyFilter'
  metadata: ObjectMeta
  spec?: EnvoyFilterSpec
  status?: unknown
}
export interface EnvoyFilterSpec {
  configPatches?: {
    applyTo?:
      | 'INVALID'
      | 'LISTENER'
      | 'FILTER_CHAIN'
      | 'NETWORK_FILTER'
      | 'HTTP_FILTER'
      | 'ROUTE_CONFIGURATION'
      | 'VIRTUAL_HOST'
      | 'HTTP_ROUTE'
      | 'CLUSTER'
      | 'EXTENSION_CONFIG'
      | 'BOOTSTRAP'
      | 'LISTENER_FILTER'
    match?: {
      cluster?: {
        name?: string
        portNumber?: number
        service?: string
        subset?: string
      }
      context?: 'ANY' | 'SIDECAR_INBOUND' | 'SIDECAR_OUTBOUND' | 'GATEWAY' | 'WAYPOINT'
      listener?: {
        filterChain?: {
          applicationProtocols?: string
          destinationPort?: number
          filter?: {
            name?: string
            subFilter?: {
              name?: string
            }
          }
          name?: string
          sni?: string
          transportProtocol?: string
        }
        listenerFilter?: string
        name?: string
        portName?: string
        portNumber?: number
      }
      proxy?: {
        metadata?: {
          [k: string]: string
        }
        proxyVersion?: string
      }
      routeConfiguration?: {
        gateway?: string
        name?: string
        portName?: string
        portNumber?: number
        vhost?: {
          domainName?: string
          name?: string
          route?: {
            action?: 'ANY' | 'ROUTE' | 'REDIRECT' | 'DIRECT_RESPONSE'
            name?: string
          }
        }
      }
      waypoint?: {
        filter?: {
          name?: string
          subFilter?: {
            name?: string
          }
        }
        portNumber?: number
        route?: {
          name?: string
        }
      }
    }
    patch?: {
      filterClass?: 'UNSPECIFIED' | 'AUTHN' | 'AUTHZ' | 'STATS'
      operation?:
        | 'INVALID'
        | 'MERGE'
        | 'ADD'
        | 'REMOVE'
        | 'INSERT_BEFORE'
        | 'INSERT_AFTER'
        | 'INSERT_FIRST'
        | 'REPLACE'
        | 'MERGE_AND_REPLACE_LIST'
      value?: {
        [k: string]: unknown
      }
    }
  }[]
  priority?: number
  targetRefs?: {
    group?: string
    kind: string
    name: string
    namespace?: string
  }[]
  workloadSelector?: {
    labels?: {
      [k: string]: string
    }
  }
}
export interface GRPCRoute {
  apiVersion: 'gateway.networking.k8s.io/v1'
  kind: 'GRPCRoute'
  metadata: ObjectMeta
  spec: GRPCRouteSpec
  status?: unknown
}
export interface GRPCRouteSpec {
  hostnames?: string[]
  parentRefs?: {
    group?: string
    kind?: string
    name: string
    namespace?: string
    port?: number
    sectionName?: string
  }[]
  rules?: {
    backendRefs?: {
      filters?: {
        extensionRef?: {
          group: string
          kind: string
          name: string
        }
        requestHeaderModifier?: {
          add?: {
            name: string
            value: string
          }[]
          remove?: string[]
          set?: {
            name: string
            value: string
          }[]
        }
        requestMirror?: {
          backendRef: {
            group?: string
            kind?: string
            name: string
            namespace?: string
            port?: number
          }
          fraction?: {
            denominator?: number
            numerator: number
          }
          percent?: number
        }
        responseHeaderModifier?: {
          add?: {
            name: string
            value: string
          }[]
          remove?: string[]
          set?: {
            name: string
            value: string
          }[]
        }
        type: 'ResponseHeaderModifier' | 'RequestHeaderModifier' | 'RequestMirror' | 'ExtensionRef'
      }[]
      group?: string
      kind?: string
      name: string
      namespace?: string
      port?: number
      weight?: number
    }[]
    filters?: {
      extensionRef?: {
        group: string
        kind: string
        name: string
      }
      requestHeaderModifier?: {
        add?: {
          name: string
          value: string
        }[]
        remove?: string[]
        set?: {
          name: string
          value: string
        }[]
      }
      requestMirror?: {
        backendRef: {
          group?: string
          kind?: string
          name: string
          namespace?: string
          port?: number
        }
        fraction?: {
          denominator?: number
          numerator: number
        }
        percent?: number
      }
      responseHeaderModifier?: {
        add?: {
          name: string
          value: string
        }[]
        remove?: string[]
        set?: {
          name: string
          value: string
        }[]
      }
      type: 'ResponseHeaderModifier' | 'RequestHeaderModifier' | 'RequestMirror' | 'ExtensionRef'
    }[]
    matches?: {
      headers?: {
        name: string
        type?: 'Exact' | 'RegularExpression'
        value: string
      }[]
      method?: {
        method?: string
        service?: string
        type?: 'Exact' | 'RegularExpression'
      }
    }[]
    name?: string
    sessionPersistence?: {
      absoluteTimeout?: string
      cookieConfig?: {
        lifetimeType?: 'Permanent' | 'Session'
      }
      sessionName?: string
      type?: 'Cookie' | 'Header'
    }
  }[]
  useDefaultGateways?: 'All' | 'None'
}
export interface Gateway {
  apiVersion:
    'networking.istio.io/v1' | 'networking.istio.io/v1alpha3' | 'networking.istio.io/v1beta1'
  kind: 'Gateway'
  metadata: ObjectMeta
  spec?: GatewaySpec
  status?: unknown
}
export interface GatewaySpec {
  selector?: {
    [k: string]: string
  }
  servers?: {
    bind?: string
    defaultEndpoint?: string
    hosts: string[]
    name?: string
    port: {
      name: string
      number: number
      protocol: string
      targetPort?: number
    }
    tls?: {
      caCertCredentialName?: string
      caCertificates?: string
      caCrl?: string
      cipherSuites?: string[]
      credentialName?: string
      credentialNames?: string[]
      httpsRedirect?: boolean
      insecureSkipVerify?: boolean | null
      maxProtocolVersion?: 'TLS_AUTO' | 'TLSV1_0' | 'TLSV1_1' | 'TLSV1_2' | 'TLSV1_3'
      minProtocolVersion?: 'TLS_AUTO' | 'TLSV1_0' | 'TLSV1_1' | 'TLSV1_2' | 'TLSV1_3'
      mode?:
        | 'PASSTHROUGH'
        | 'SIMPLE'
        | 'MUTUAL'
        | 'AUTO_PASSTHROUGH'
        | 'ISTIO_MUTUAL'
        | 'OPTIONAL_MUTUAL'
      privateKey?: string
      serverCertificate?: string
      subjectAltNames?: string[]
      tlsCertificates?: {
        caCertificates?: string
        privateKey?: string
        serverCertificate?: string
      }[]
      verifyCertificateHash?: string[]
      verifyCertificateSpki?: string[]
    }
  }[]
}
export interface GatewayClass {
  apiVersion: 'gateway.networking.k8s.io/v1' | 'gateway.networking.k8s.io/v1beta1'
  kind: 'GatewayClass'
  metadata: ObjectMeta
  spec: GatewayClassSpec
  status?: unknown
}
export interface GatewayClassSpec {
  controllerName: string
  description?: string
  parametersRef?: {
    group: string
    kind: string
    name: string
    namespace?: string
  }
}
export interface HTTPRoute {
  apiVersion: 'gateway.networking.k8s.io/v1' | 'gateway.networking.k8s.io/v1beta1'
  kind: 'HTTPRoute'
  metadata: ObjectMeta
  spec: HTTPRouteSpec
  status?: unknown
}
export interface HTTPRouteSpec {
  hostnames?: string[]
  parentRefs?: {
    group?: string
    kind?: string
    name: string
    namespace?: string
    port?: number
    sectionName?: string
  }[]
  rules?: {
    backendRefs?: {
      filters?: {
        cors?: {
          allowCredentials?: boolean
          allowHeaders?: string[]
          allowMethods?: (
            | 'GET'
            | 'HEAD'
            | 'POST'
            | 'PUT'
            | 'DELETE'
            | 'CONNECT'
            | 'OPTIONS'
            | 'TRACE'
            | 'PATCH'
            | '*'
          )[]
          allowOrigins?: string[]
          exposeHeaders?: string[]
          maxAge?: number
        }
        extensionRef?: {
          group: string
          kind: string
          name: string
        }
        externalAuth?: {
          backendRef: {
            group?: string
            kind?: string
            name: string
            namespace?: string
            port?: number
          }
          forwardBody?: {
            maxSize?: number
          }
          grpc?: {
            allowedHeaders?: string[]
          }
          http?: {
            allowedHeaders?: string[]
            allowedResponseHeaders?: string[]
            path?: string
          }
          protocol: 'HTTP' | 'GRPC'
        }
        requestHeaderModifier?: {
          add?: {
            name: string
            value: string
          }[]
          remove?: string[]
          set?: {
            name: string
            value: string
          }[]
        }
        requestMirror?: {
          backendRef: {
            group?: string
            kind?: string
            name: string
            namespace?: string
            port?: number
          }
          fraction?: {
            denominator?: number
            numerator: number
          }
          percent?: number
        }
        requestRedirect?: {
          hostname?: string
          path?: {
            replaceFullPath?: string
            replacePrefixMatch?: string
            type: 'ReplaceFullPath' | 'ReplacePrefixMatch'
          }
          port?: number
          scheme?: 'http' | 'https'
          statusCode?: 301 | 302 | 303 | 307 | 308
        }
        responseHeaderModifier?: {
          add?: {
            name: string
            value: string
          }[]
          remove?: string[]
          set?: {
            name: string
            value: string
          }[]
        }
        type:
          | 'RequestHeaderModifier'
          | 'ResponseHeaderModifier'
          | 'RequestMirror'
          | 'RequestRedirect'
          | 'URLRewrite'
          | 'ExtensionRef'
          | 'CORS'
          | 'ExternalAuth'
        urlRewrite?: {
          hostname?: string
          path?: {
            replaceFullPath?: string
            replacePrefixMatch?: string
            type: 'ReplaceFullPath' | 'ReplacePrefixMatch'
          }
        }
      }[]
      group?: string
      kind?: string
      name: string
      namespace?: string
      port?: number
      weight?: number
    }[]
    filters?: {
      cors?: {
        allowCredentials?: boolean
        allowHeaders?: string[]
        allowMethods?: (
          | 'GET'
          | 'HEAD'
          | 'POST'
          | 'PUT'
          | 'DELETE'
          | 'CONNECT'
          | 'OPTIONS'
          | 'TRACE'
          | 'PATCH'
          | '*'
        )[]
        allowOrigins?: string[]
        exposeHeaders?: string[]
        maxAge?: number
      }
      extensionRef?: {
        group: string
        kind: string
        name: string
      }
      externalAuth?: {
        backendRef: {
          group?: string
          kind?: string
          name: string
          namespace?: string
          port?: number
        }
        forwardBody?: {
          maxSize?: number
        }
        grpc?: {
          allowedHeaders?: string[]
        }
        http?: {
          allowedHeaders?: string[]
          allowedResponseHeaders?: string[]
          path?: string
        }
        protocol: 'HTTP' | 'GRPC'
      }
      requestHeaderModifier?: {
        add?: {
          name: string
          value: string
        }[]
        remove?: string[]
        set?: {
          name: string
          value: string
        }[]
      }
      requestMirror?: {
        backendRef: {
          group?: string
          kind?: string
          name: string
          namespace?: string
          port?: number
        }
        fraction?: {
          denominator?: number
          numerator: number
        }
        percent?: number
      }
      requestRedirect?: {
        hostname?: string
        path?: {
          replaceFullPath?: string
          replacePrefixMatch?: string
          type: 'ReplaceFullPath' | 'ReplacePrefixMatch'
        }
        port?: number
        scheme?: 'http' | 'https'
        statusCode?: 301 | 302 | 303 | 307 | 308
      }
      responseHeaderModifier?: {
        add?: {
          name: string
          value: string
        }[]
        remove?: string[]
        set?: {
          name: string
          value: string
        }[]
      }
      type:
        | 'RequestHeaderModifier'
        | 'ResponseHeaderModifier'
        | 'RequestMirror'
        | 'RequestRedirect'
        | 'URLRewrite'
        | 'ExtensionRef'
        | 'CORS'
        | 'ExternalAuth'
      urlRewrite?: {
        hostname?: string
        path?: {
          replaceFullPath?: string
          replacePrefixMatch?: string
          type: 'ReplaceFullPath' | 'ReplacePrefixMatch'
        }
      }
    }[]
    matches?: {
      headers?: {
        name: string
        type?: 'Exact' | 'RegularExpression'
        value: string
      }[]
      method?:
        'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'CONNECT' | 'OPTIONS' | 'TRACE' | 'PATCH'
      path?: {
        type?: 'Exact' | 'PathPrefix' | 'RegularExpression'
        value?: string
      }
      queryParams?: {
        name: string
        type?: 'Exact' | 'RegularExpression'
        value: string
      }[]
    }[]
    name?: string
    retry?: {
      attempts?: number
      backoff?: string
      codes?: number[]
    }
    sessionPersistence?: {
      absoluteTimeout?: string
      cookieConfig?: {
        lifetimeType?: 'Permanent' | 'Session'
      }
      sessionName?: string
      type?: 'Cookie' | 'Header'
    }
    timeouts?: {
      backendRequest?: string
      request?: string
    }
  }[]
  useDefaultGateways?: 'All' | 'None'
}
export interface KubernetesGateway {
  apiVersion: 'gateway.networking.k8s.io/v1' | 'gateway.networking.k8s.io/v1beta1'
  kind: 'Gateway'
  metadata: ObjectMeta
  spec: KubernetesGatewaySpec
  status?: unknown
}
export interface KubernetesGatewaySpec {
  addresses?: {
    type?: string
    value?: string
  }[]
  allowedListeners?: {
    namespaces?: {
      from?: 'All' | 'Selector' | 'Same' | 'None'
      selector?: {
        matchExpressions?: {
          key: string
          operator: string
          values?: string[]
        }[]
        matchLabels?: {
          [k: string]: string
        }
      }
    }
  }
  defaultScope?: 'All' | 'None'
  gatewayClassName: string
  infrastructure?: {
    annotations?: {
      [k: string]: string
    }
    labels?: {
      [k: string]: string
    }
    parametersRef?: {
      group: string
      kind: string
      name: string
    }
  }
  listeners: {
    allowedRoutes?: {
      kinds?: {
        group?: string
        kind: string
      }[]
      namespaces?: {
        from?: 'All' | 'Selector' | 'Same'
        selector?: {
          matchExpressions?: {
            key: string
            operator: string
            values?: string[]
          }[]
          matchLabels?: {
            [k: string]: string
          }
        }
      }
    }
    hostname?: string
    name: string
    port: number
    protocol: string
    tls?: {
      certificateRefs?: {
        group?: string
        kind?: string
        name: string
        namespace?: string
      }[]
      mode?: 'Terminate' | 'Passthrough'
      options?: {
        [k: string]: string
      }
    }
  }[]
  tls?: {
    backend?: {
      clientCertificateRef?: {
        group?: string
        kind?: string
        name: string
        namespace?: string
      }
    }
    frontend?: {
      default: {
        validation?: {
          caCertificateRefs: {
            group: string
            kind: string
            name: string
            namespace?: string
          }[]
          mode?: 'AllowValidOnly' | 'AllowInsecureFallback'
        }
      }
      perPort?: {
        port: number
        tls: {
          validation?: {
            caCertificateRefs: {
              group: string
              kind: string
              name: string
              namespace?: string
            }[]
            mode?: 'AllowValidOnly' | 'AllowInsecureFallback'
          }
        }
      }[]
    }
  }
}
export interface Namespace {
  apiVersion: 'v1'
  kind: 'Namespace'
  metadata: ObjectMeta
  spec?: NamespaceSpec
  status?: unknown
}
export interface NamespaceSpec {
  finalizers?: string[]
}
export interface PeerAuthentication {
  apiVersion: 'security.istio.io/v1' | 'security.istio.io/v1beta1'
  kind: 'PeerAuthentication'
  metadata: ObjectMeta
  spec?: PeerAuthenticationSpec
  status?: unknown
}
export interface PeerAuthenticationSpec {
  mtls?: {
    mode?: 'UNSET' | 'DISABLE' | 'PERMISSIVE' | 'STRICT'
  }
  portLevelMtls?: {
    [k: string]: {
      mode?: 'UNSET' | 'DISABLE' | 'PERMISSIVE' | 'STRICT'
    }
  }
  selector?: {
    matchLabels?: {
      [k: string]: string
    }
  }
}
export interface Pod {
  apiVersion: 'v1'
  kind: 'Pod'
  metadata: ObjectMeta
  spec?: PodSpec
  status?: unknown
}
export interface ReferenceGrant {
  apiVersion: 'gateway.networking.k8s.io/v1' | 'gateway.networking.k8s.io/v1beta1'
  kind: 'ReferenceGrant'
  metadata: ObjectMeta
  spec: ReferenceGrantSpec
  status?: unknown
}
export interface ReferenceGrantSpec {
  from: {
    group: string
    kind: string
    namespace: string
  }[]
  to: {
    group: string
    kind: string
    name?: string
  }[]
}
export interface RequestAuthentication {
  apiVersion: 'security.istio.io/v1' | 'security.istio.io/v1beta1'
  kind: 'RequestAuthentication'
  metadata: ObjectMeta
  spec?: RequestAuthenticationSpec
  status?: unknown
}
export interface RequestAuthenticationSpec {
  jwtRules?: {
    audiences?: string[]
    forwardOriginalToken?: boolean
    fromCookies?: string[]
    fromHeaders?: {
      name: string
      prefix?: string
    }[]
    fromParams?: string[]
    issuer?: string
    jwks?: string
    jwks_uri?: string
    jwksUri?: string
    outputClaimToHeaders?: {
      claim: string
      header: string
    }[]
    outputPayloadToHeader?: string
    spaceDelimitedClaims?: string[]
    timeout?: string
  }[]
  selector?: {
    matchLabels?: {
      [k: string]: string
    }
  }
  targetRef?: {
    group?: string
    kind: string
    name: string
    namespace?: string
  }
  targetRefs?: {
    group?: string
    kind: string
    name: string
    namespace?: string
  }[]
}
export interface Service {
  apiVersion: 'v1'
  kind: 'Service'
  metadata: ObjectMeta
  spec?: ServiceSpec
  status?: unknown
}
export interface ServiceSpec {
  allocateLoadBalancerNodePorts?: boolean
  clusterIP?: string
  clusterIPs?: string[]
  externalIPs?: string[]
  externalName?: string
  externalTrafficPolicy?: string
  healthCheckNodePort?: number
  internalTrafficPolicy?: string
  ipFamilies?: string[]
  ipFamilyPolicy?: string
  loadBalancerClass?: string
  loadBalancerIP?: string
  loadBalancerSourceRanges?: string[]
  ports?: ServicePort[]
  publishNotReadyAddresses?: boolean
  selector?: {
    [k: string]: string
  }
  sessionAffinity?: string
  sessionAffinityConfig?: SessionAffinityConfig
  trafficDistribution?: string
  type?: string
}
export interface ServicePort {
  appProtocol?: string
  name?: string
  nodePort?: number
  port?: number
  protocol?: string
  targetPort?: number | string
}
export interface SessionAffinityConfig {
  clientIP?: ClientIPConfig
}
export interface ClientIPConfig {
  timeoutSeconds?: number
}
export interface ServiceEntry {
  apiVersion:
    'networking.istio.io/v1' | 'networking.istio.io/v1alpha3' | 'networking.istio.io/v1beta1'
  kind: 'ServiceEntry'
  metadata: ObjectMeta
  spec: ServiceEntrySpec
  status?: unknown
}
export interface ServiceEntrySpec {
  addresses?: string[]
  endpoints?: {
    address?: string
    labels?: {
      [k: string]: string
    }
    locality?: string
    network?: string
    ports?: {
      [k: string]: number
    }
    serviceAccount?: string
    weight?: number
  }[]
  exportTo?: string[]
  hosts: string[]
  location?: 'MESH_EXTERNAL' | 'MESH_INTERNAL'
  ports?: {
    name: string
    number: number
    protocol?: string
    targetPort?: number
  }[]
  resolution?: 'NONE' | 'STATIC' | 'DNS' | 'DNS_ROUND_ROBIN' | 'DYNAMIC_DNS'
  subjectAltNames?: string[]
  workloadSelector?: {
    labels?: {
      [k: string]: string
    }
  }
}
export interface Sidecar {
  apiVersion:
    'networking.istio.io/v1' | 'networking.istio.io/v1alpha3' | 'networking.istio.io/v1beta1'
  kind: 'Sidecar'
  metadata: ObjectMeta
  spec?: SidecarSpec
  status?: unknown
}
export interface SidecarSpec {
  egress?: {
    bind?: string
    captureMode?: 'DEFAULT' | 'IPTABLES' | 'NONE'
    hosts: string[]
    port?: {
      name?: string
      number?: number
      protocol?: string
      targetPort?: number
    }
  }[]
  inboundConnectionPool?: {
    http?: {
      h2UpgradePolicy?: 'DEFAULT' | 'DO_NOT_UPGRADE' | 'UPGRADE'
      http1MaxPendingRequests?: number
      http2KeepAlive?: {
        interval?: string
        timeout?: string
      }
      http2MaxRequests?: number
      idleTimeout?: string
      maxConcurrentStreams?: number
      maxRequestsPerConnection?: number
      maxRetries?: number
      useClientProtocol?: boolean
    }
    tcp?: {
      connectTimeout?: string
      idleTimeout?: string
      maxConnectionDuration?: string
      maxConnections?: number
      tcpKeepalive?: {
        interval?: string
        probes?: number
        time?: string
      }
    }
  }
  ingress?: {
    bind?: string
    captureMode?: 'DEFAULT' | 'IPTABLES' | 'NONE'
    connectionPool?: {
      http?: {
        h2UpgradePolicy?: 'DEFAULT' | 'DO_NOT_UPGRADE' | 'UPGRADE'
        http1MaxPendingRequests?: number
        http2KeepAlive?: {
          interval?: string
          timeout?: string
        }
        http2MaxRequests?: number
        idleTimeout?: string
        maxConcurrentStreams?: number
        maxRequestsPerConnection?: number
        maxRetries?: number
        useClientProtocol?: boolean
      }
      tcp?: {
        connectTimeout?: string
        idleTimeout?: string
        maxConnectionDuration?: string
        maxConnections?: number
        tcpKeepalive?: {
          interval?: string
          probes?: number
          time?: string
        }
      }
    }
    defaultEndpoint?: string
    port: {
      name?: string
      number?: number
      protocol?: string
      targetPort?: number
    }
    tls?: {
      caCertCredentialName?: string
      caCertificates?: string
      caCrl?: string
      cipherSuites?: string[]
      credentialName?: string
      credentialNames?: string[]
      httpsRedirect?: boolean
      insecureSkipVerify?: boolean | null
      maxProtocolVersion?: 'TLS_AUTO' | 'TLSV1_0' | 'TLSV1_1' | 'TLSV1_2' | 'TLSV1_3'
      minProtocolVersion?: 'TLS_AUTO' | 'TLSV1_0' | 'TLSV1_1' | 'TLSV1_2' | 'TLSV1_3'
      mode?:
        | 'PASSTHROUGH'
        | 'SIMPLE'
        | 'MUTUAL'
        | 'AUTO_PASSTHROUGH'
        | 'ISTIO_MUTUAL'
        | 'OPTIONAL_MUTUAL'
      privateKey?: string
      serverCertificate?: string
      subjectAltNames?: string[]
      tlsCertificates?: {
        caCertificates?: string
        privateKey?: string
        serverCertificate?: string
      }[]
      verifyCertificateHash?: string[]
      verifyCertificateSpki?: string[]
    }
  }[]
  outboundTrafficPolicy?: {
    egressProxy?: {
      host: string
      port?: {
        number?: number
      }
      subset?: string
    }
    mode?: 'REGISTRY_ONLY' | 'ALLOW_ANY'
  }
  workloadSelector?: {
    labels?: {
      [k: string]: string
    }
  }
}
export interface StatefulSet {
  apiVersion: 'apps/v1'
  kind: 'StatefulSet'
  metadata: ObjectMeta
  spec?: StatefulSetSpec
  status?: unknown
}
export interface StatefulSetSpec {
  minReadySeconds?: number
  ordinals?: StatefulSetOrdinals
  persistentVolumeClaimRetentionPolicy?: StatefulSetPersistentVolumeClaimRetentionPolicy
  podManagementPolicy?: string
  replicas?: number
  revisionHistoryLimit?: number
  selector?: LabelSelector
  serviceName?: string
  template?: PodTemplateSpec
  updateStrategy?: StatefulSetUpdateStrategy
  volumeClaimTemplates?: PersistentVolumeClaim[]
}
export interface StatefulSetOrdinals {
  start?: number
}
export interface StatefulSetPersistentVolumeClaimRetentionPolicy {
  whenDeleted?: string
  whenScaled?: string
}
export interface StatefulSetUpdateStrategy {
  rollingUpdate?: RollingUpdateStatefulSetStrategy
  type?: string
}
export interface RollingUpdateStatefulSetStrategy {
  maxUnavailable?: number | string
  partition?: number
}
export interface PersistentVolumeClaim {
  apiVersion?: string
  kind?: string
  metadata?: ObjectMeta
  spec?: PersistentVolumeClaimSpec
  status?: PersistentVolumeClaimStatus
}
export interface PersistentVolumeClaimStatus {
  accessModes?: string[]
  allocatedResourceStatuses?: {
    [k: string]: string
  }
  allocatedResources?: {
    [k: string]: number | string
  }
  capacity?: {
    [k: string]: number | string
  }
  conditions?: PersistentVolumeClaimCondition[]
  currentVolumeAttributesClassName?: string
  modifyVolumeStatus?: ModifyVolumeStatus
  phase?: string
}
export interface PersistentVolumeClaimCondition {
  lastProbeTime?: string
  lastTransitionTime?: string
  message?: string
  reason?: string
  status?: string
  type?: string
}
export interface ModifyVolumeStatus {
  status?: string
  targetVolumeAttributesClassName?: string
}
export interface VirtualService {
  apiVersion:
    'networking.istio.io/v1' | 'networking.istio.io/v1alpha3' | 'networking.istio.io/v1beta1'
  kind: 'VirtualService'
  metadata: ObjectMeta
  spec?: VirtualServiceSpec
  status?: unknown
}
export interface VirtualServiceSpec {
  exportTo?: string[]
  gateways?: string[]
  hosts?: string[]
  http?: {
    corsPolicy?: {
      allowCredentials?: boolean | null
      allowHeaders?: string[]
      allowMethods?: string[]
      allowOrigin?: string[]
      allowOrigins?: {
        exact?: string
        prefix?: string
        regex?: string
      }[]
      exposeHeaders?: string[]
      maxAge?: string
      unmatchedPreflights?: 'UNSPECIFIED' | 'FORWARD' | 'IGNORE'
    }
    delegate?: {
      name?: string
      namespace?: string
    }
    directResponse?: {
      body?: {
        bytes?: string
        string?: string
      }
      status: number
    }
    fault?: {
      abort?: {
        grpcStatus?: string
        http2Error?: string
        httpStatus?: number
        percentage?: {
          value?: number
        }
      }
      delay?: {
        exponentialDelay?: string
        fixedDelay?: string
        percent?: number
        percentage?: {
          value?: number
        }
      }
    }
    headers?: {
      request?: {
        add?: {
          [k: string]: string
        }
        remove?: string[]
        set?: {
          [k: string]: string
        }
      }
      response?: {
        add?: {
          [k: string]: string
        }
        remove?: string[]
        set?: {
          [k: string]: string
        }
      }
    }
    match?: {
      authority?: {
        exact?: string
        prefix?: string
        regex?: string
      }
      gateways?: string[]
      headers?: {
        [k: string]: {
          exact?: string
          prefix?: string
          regex?: string
        }
      }
      ignoreUriCase?: boolean
      method?: {
        exact?: string
        prefix?: string
        regex?: string
      }
      name?: string
      port?: number
      queryParams?: {
        [k: string]: {
          exact?: string
          prefix?: string
          regex?: string
        }
      }
      scheme?: {
        exact?: string
        prefix?: string
        regex?: string
      }
      sourceLabels?: {
        [k: string]: string
      }
      sourceNamespace?: string
      statPrefix?: string
      uri?: {
        exact?: string
        prefix?: string
        regex?: string
      }
      withoutHeaders?: {
        [k: string]: {
          exact?: string
          prefix?: string
          regex?: string
        }
      }
    }[]
    mirror?: {
      host: string
      port?: {
        number?: number
      }
      subset?: string
    }
    mirror_percent?: number | null
    mirrorPercent?: number | null
    mirrorPercentage?: {
      value?: number
    }
    mirrors?: {
      destination: {
        host: string
        port?: {
          number?: number
        }
        subset?: string
      }
      percentage?: {
        value?: number
      }
    }[]
    name?: string
    redirect?: {
      authority?: string
      derivePort?: 'FROM_PROTOCOL_DEFAULT' | 'FROM_REQUEST_PORT'
      port?: number
      prefixRewrite?: string
      redirectCode?: number
      scheme?: string
      uri?: string
    }
    retries?: {
      attempts?: number
      backoff?: string
      perTryTimeout?: string
      retryIgnorePreviousHosts?: boolean | null
      retryOn?: string
      retryRemoteLocalities?: boolean | null
    }
    rewrite?: {
      authority?: string
      uri?: string
      uriRegexRewrite?: {
        match?: string
        rewrite?: string
      }
    }
    route?: {
      destination: {
        host: string
        port?: {
          number?: number
        }
        subset?: string
      }
      headers?: {
        request?: {
          add?: {
            [k: string]: string
          }
          remove?: string[]
          set?: {
            [k: string]: string
          }
        }
        response?: {
          add?: {
            [k: string]: string
          }
          remove?: string[]
          set?: {
            [k: string]: string
          }
        }
      }
      weight?: number
    }[]
    timeout?: string
  }[]
  tcp?: {
    match?: {
      destinationSubnets?: string[]
      gateways?: string[]
      port?: number
      sourceLabels?: {
        [k: string]: string
      }
      sourceNamespace?: string
      sourceSubnet?: string
    }[]
    route?: {
      destination: {
        host: string
        port?: {
          number?: number
        }
        subset?: string
      }
      weight?: number
    }[]
  }[]
  tls?: {
    match: {
      destinationSubnets?: string[]
      gateways?: string[]
      port?: number
      sniHosts: string[]
      sourceLabels?: {
        [k: string]: string
      }
      sourceNamespace?: string
    }[]
    route?: {
      destination: {
        host: string
        port?: {
          number?: number
        }
        subset?: string
      }
      weight?: number
    }[]
  }[]
}
export interface WorkloadEntry {
  apiVersion:
    'networking.istio.io/v1' | 'networking.istio.io/v1alpha3' | 'networking.istio.io/v1beta1'
  kind: 'WorkloadEntry'
  metadata: ObjectMeta
  spec: WorkloadEntrySpec
  status?: unknown
}
export interface WorkloadEntrySpec {
  address?: string
  labels?: {
    [k: string]: string
  }
  locality?: string
  network?: string
  ports?: {
    [k: string]: number
  }
  serviceAccount?: string
  weight?: number
}
export interface WorkloadGroup {
  apiVersion:
    'networking.istio.io/v1' | 'networking.istio.io/v1alpha3' | 'networking.istio.io/v1beta1'
  kind: 'WorkloadGroup'
  metadata: ObjectMeta
  spec: WorkloadGroupSpec
  status?: unknown
}
export interface WorkloadGroupSpec {
  metadata?: {
    annotations?: {
      [k: string]: string
    }
    labels?: {
      [k: string]: string
    }
  }
  probe?: {
    exec?: {
      command: string[]
    }
    failureThreshold?: number
    grpc?: {
      port?: number
      service?: string
    }
    httpGet?: {
      host?: string
      httpHeaders?: {
        name?: string
        value?: string
      }[]
      path?: string
      port: number
      scheme?: string
    }
    initialDelaySeconds?: number
    periodSeconds?: number
    successThreshold?: number
    tcpSocket?: {
      host?: string
      port: number
    }
    timeoutSeconds?: number
  }
  template: {
    address?: string
    labels?: {
      [k: string]: string
    }
    locality?: string
    network?: string
    ports?: {
      [k: string]: number
    }
    serviceAccount?: string
    weight?: number
  }
}
