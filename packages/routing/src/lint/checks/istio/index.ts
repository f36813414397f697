import type { Check } from '../../check.ts'
import { annotations } from './annotations.ts'
import { applicationUid } from './application-uid.ts'
import { deploymentServices } from './deployment-services.ts'
import { deprecatedFields } from './deprecated-fields.ts'
import { destinationHost } from './destination-host.ts'
import { envoyFilterPatches } from './envoy-filter-patches.ts'
import { gatewayCertificates } from './gateway-certificates.ts'
import { gatewayConflicts } from './gateway-conflicts.ts'
import { gatewayCredentials } from './gateway-credentials.ts'
import { gatewayPorts } from './gateway-ports.ts'
import { gatewayReference } from './gateway-reference.ts'
import { imageAuto } from './image-auto.ts'
import { injection } from './injection.ts'
import { jwtClaims } from './jwt-claims.ts'
import { meshHosts } from './mesh-hosts.ts'
import { negativeConditions } from './negative-conditions.ts'
import { portNames } from './port-names.ts'
import { proxyImages } from './proxy-images.ts'
import { rulesAtTheGateway } from './rules-at-the-gateway.ts'
import { serviceEntryAddresses, serviceEntryProtocols } from './service-entries.ts'
import { sidecarSelectors } from './sidecar-selectors.ts'
import { subsetPods } from './subset-pods.ts'
import { subsetReference } from './subset-reference.ts'
import { unusedRules } from './unused-rules.ts'
import { upstreamCertificates } from './upstream-certificates.ts'
import { webhookWarnings } from './webhook-warnings.ts'

/** The checks of `istioctl analyze`, each with Istio's own verdict. */
export const istioChecks: readonly Check[] = [
  annotations,
  applicationUid,
  deploymentServices,
  deprecatedFields,
  destinationHost,
  envoyFilterPatches,
  gatewayCertificates,
  gatewayConflicts,
  gatewayCredentials,
  gatewayPorts,
  gatewayReference,
  imageAuto,
  injection,
  jwtClaims,
  meshHosts,
  negativeConditions,
  portNames,
  proxyImages,
  rulesAtTheGateway,
  serviceEntryAddresses,
  serviceEntryProtocols,
  sidecarSelectors,
  subsetPods,
  subsetReference,
  unusedRules,
  upstreamCertificates,
  webhookWarnings,
]
