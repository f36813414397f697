import { fields } from './fields.ts'
import type { Fields, Shape } from './fields.ts'
import type { ModelledKind } from './kinds.ts'

/**
 * The fields that the engine knows of each modelled kind (Kubernetes 1.34 and Istio 1.30 APIs). It looks as
 * deep as it reads.
 */
export const knownFields: ReadonlyMap<ModelledKind, Fields> = new Map([
  ['Namespace', object('read')],
  ['Service', object(service())],
  ['Deployment', object(deployment())],
  ['Gateway', object(gateway())],
  ['VirtualService', object(virtualService())],
  ['DestinationRule', object(destinationRule())],
])

function object(spec: Shape): Fields {
  return fields({ apiVersion: 'read', kind: 'read', metadata: 'read', status: 'read', spec })
}

function service(): Shape {
  return fields({
    allocateLoadBalancerNodePorts: 'read',
    clusterIP: 'read',
    clusterIPs: 'read',
    externalIPs: 'read',
    externalName: 'read',
    externalTrafficPolicy: 'read',
    healthCheckNodePort: 'read',
    // A node's own endpoints only: which ones, no manifest says.
    internalTrafficPolicy: 'read',
    ipFamilies: 'read',
    ipFamilyPolicy: 'read',
    loadBalancerClass: 'read',
    loadBalancerIP: 'read',
    loadBalancerSourceRanges: 'read',
    ports: [
      fields({
        appProtocol: 'read',
        name: 'read',
        nodePort: 'read',
        port: 'read',
        protocol: 'read',
        targetPort: 'read',
      }),
    ],
    publishNotReadyAddresses: 'read',
    selector: 'read',
    sessionAffinity: 'read',
    sessionAffinityConfig: 'read',
    trafficDistribution: 'read',
    type: 'read',
  })
}

function deployment(): Shape {
  return fields({
    minReadySeconds: 'read',
    paused: 'read',
    progressDeadlineSeconds: 'read',
    replicas: 'read',
    revisionHistoryLimit: 'read',
    selector: 'read',
    strategy: 'read',
    template: fields({ metadata: 'read', spec: 'read' }),
  })
}

function gateway(): Shape {
  return fields({
    selector: 'read',
    servers: [
      fields({
        bind: 'later',
        defaultEndpoint: 'later',
        hosts: 'read',
        name: 'read',
        port: fields({ name: 'read', number: 'read', protocol: 'read', targetPort: 'read' }),
        tls: 'read',
      }),
    ],
  })
}

function destinationRule(): Shape {
  const loadBalancer = fields({
    consistentHash: 'later',
    localityLbSetting: 'later',
    simple: 'read',
    warmup: 'read',
    warmupDurationSecs: 'read',
  })
  const policy = {
    // How the chosen endpoints are reached, not which ones they are.
    connectionPool: 'read',
    loadBalancer,
    outlierDetection: 'read',
    proxyProtocol: 'read',
    retryBudget: 'read',
    tls: 'read',
    tunnel: 'later',
  } as const
  const trafficPolicy = fields({
    ...policy,
    portLevelSettings: [fields({ ...policy, port: 'read' })],
  })
  return fields({
    exportTo: 'read',
    host: 'read',
    subsets: [fields({ labels: 'read', name: 'read', trafficPolicy })],
    trafficPolicy,
    workloadSelector: fields({ matchLabels: 'read' }),
  })
}

function virtualService(): Shape {
  const stringMatch = fields({ exact: 'read', prefix: 'read', regex: 'read' })
  const destination = fields({ host: 'read', port: fields({ number: 'read' }), subset: 'read' })
  const operations = fields({ add: 'read', remove: 'read', set: 'read' })
  const headers = fields({ request: operations, response: operations })
  return fields({
    exportTo: 'read',
    gateways: 'read',
    hosts: 'read',
    http: [
      fields({
        corsPolicy: 'later',
        delegate: 'later',
        directResponse: fields({
          body: fields({ bytes: 'later', string: 'read' }),
          status: 'read',
        }),
        fault: fields({
          abort: fields({
            grpcStatus: 'later',
            http2Error: 'later',
            httpStatus: 'read',
            percentage: fields({ value: 'read' }),
          }),
          delay: fields({
            exponentialDelay: 'later',
            fixedDelay: 'read',
            percent: 'read',
            percentage: fields({ value: 'read' }),
          }),
        }),
        headers,
        match: [
          fields({
            authority: stringMatch,
            gateways: 'read',
            headers: { each: stringMatch },
            ignoreUriCase: 'read',
            method: stringMatch,
            name: 'read',
            port: 'read',
            queryParams: { each: stringMatch },
            scheme: stringMatch,
            sourceLabels: 'read',
            sourceNamespace: 'read',
            statPrefix: 'read',
            uri: stringMatch,
            withoutHeaders: { each: stringMatch },
          }),
        ],
        mirror: 'later',
        mirrorPercent: 'later',
        mirrorPercentage: 'later',
        mirrors: 'later',
        name: 'read',
        redirect: fields({
          authority: 'read',
          derivePort: 'read',
          port: 'read',
          redirectCode: 'read',
          scheme: 'read',
          uri: 'read',
        }),
        retries: fields({
          attempts: 'read',
          backoff: 'read',
          perTryTimeout: 'read',
          retryIgnorePreviousHosts: 'read',
          retryOn: 'read',
          retryRemoteLocalities: 'read',
        }),
        rewrite: fields({
          authority: 'read',
          uri: 'read',
          uriRegexRewrite: fields({ match: 'read', rewrite: 'read' }),
        }),
        route: [fields({ destination, headers, weight: 'read' })],
        timeout: 'read',
      }),
    ],
    tcp: 'later',
    tls: 'later',
  })
}
