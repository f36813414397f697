export { answer } from './answer/answer.ts'
export type { Answer } from './answer/answer.ts'
export { askAbout } from './answer/ask.ts'
export type { Asked, AskOptions } from './answer/ask.ts'
export { QuestionError, toRequest } from './answer/question.ts'
export type { Question } from './answer/question.ts'
export { compile } from './compile/compile.ts'
export type { CompileOptions } from './compile/compile.ts'
export { oneAddressEach } from './compile/clusters.ts'
export type { EndpointSource } from './compile/clusters.ts'
export type {
  ChainMatch,
  ChainTarget,
  Cluster,
  DomainIndex,
  Exclusion,
  FilterChain,
  Listener,
  Network,
  PortListeners,
  ProxyConfig,
  Route,
  RouteAction,
  RouteConfig,
  VirtualHost,
  WeightedCluster,
} from './compile/proxy-config.ts'
export { findProxy, proxies } from './compile/proxy.ts'
export type { Proxy, ProxyDescription } from './compile/proxy.ts'
export { decide } from './decide/decide.ts'
export type { DecideOptions } from './decide/decide.ts'
export { decideOutside } from './decide/outside.ts'
export type {
  DecidedRoute,
  Decision,
  Destination,
  Endpoint,
  Fault,
  Header,
  HeaderOperations,
  HttpVersion,
  Mirror,
  Outcome,
  PassedRoute,
  Provenance,
  Request,
  ResponseFlag,
  Retries,
} from './decision.ts'
export { formatDiagnostic, formatPosition } from './diagnostic.ts'
export type { Diagnostic, Level, Position } from './diagnostic.ts'
export { codes } from './lint/codes.ts'
export type { CodeEntry, LintCode } from './lint/codes.ts'
export { shortOutcome } from './lint/examples.ts'
export type { ExampleRequest, Finding } from './lint/finding.ts'
export { isCarried } from './lint/lane-pattern.ts'
export { lint } from './lint/lint.ts'
export type { LintOptions } from './lint/lint.ts'
export { loadManifests } from './manifest/load.ts'
export type { Loaded } from './manifest/load.ts'
export type { Source } from './manifest/yaml-document.ts'
export type { Path, Resource } from './manifest/resource.ts'
export type { MergedRule } from './mesh/destination-rule-index.ts'
export type { DestinationRule, Subset } from './mesh/destination-rule.ts'
export { dnsNames } from './mesh/dns.ts'
export { parseDuration } from './mesh/duration.ts'
export type { Gateway, GatewayServer } from './mesh/gateway.ts'
export type { HttpMatch } from './mesh/http-match.ts'
export type { HttpRule, RuleAction, RuleDestination, RuleMirror } from './mesh/http-rule.ts'
export type { L4Destination, L4Match, L4Rule } from './mesh/l4-rule.ts'
export { buildMesh } from './mesh/mesh.ts'
export type { Mesh, MeshOptions } from './mesh/mesh.ts'
export { defaultMeshConfig, readMeshConfig } from './mesh/mesh-config.ts'
export type { MeshConfig, OutboundMode, PathNormalization } from './mesh/mesh-config.ts'
export type { Protocol } from './mesh/protocol.ts'
export type { Condition, RouteMatch } from './mesh/route-match.ts'
export type { Alias, Resolution, Service, ServicePort } from './mesh/service.ts'
export type { Egress, Sidecar } from './mesh/sidecar.ts'
export type { StringMatch } from './mesh/string-match.ts'
export type { VirtualService } from './mesh/virtual-service.ts'
export type { ContainerPort, Workload } from './mesh/workload.ts'
export { schemaVersions } from './schema/data.ts'
export { checkSchema } from './schema/validate.ts'
