import type { Check } from '../check.ts'
import { ambientSource } from './ambient-source.ts'
import { baselineTakesEveryVersion } from './baseline-takes-every-version.ts'
import { callerWithoutSidecar } from './caller-without-sidecar.ts'
import { corsLaneHeader } from './cors-lane-header.ts'
import { delegates } from './delegates.ts'
import { envoyFilters } from './envoy-filters.ts'
import { halfQualifiedHost } from './half-qualified-host.ts'
import { headerKey } from './header-key.ts'
import { idleTimeoutInASubset } from './idle-timeout-in-a-subset.ts'
import { laneAddedNotSet } from './lane-added-not-set.ts'
import { laneDropsPolicy } from './lane-drops-policy.ts'
import { laneLeavesTheMesh } from './lane-leaves-the-mesh.ts'
import { laneMatchTooWide } from './lane-match-too-wide.ts'
import { laneNeverCarried } from './lane-never-carried.ts'
import { lanePortNotHttp } from './lane-port-not-http.ts'
import { laneUnreachable } from './lane-unreachable.ts'
import { laneWithoutEnd } from './lane-without-end.ts'
import { lanesAtTheGatewayOnly } from './lanes-at-the-gateway-only.ts'
import { lessSpecificThanBaseline } from './less-specific-than-baseline.ts'
import { limits } from './limits.ts'
import { namesCollide } from './names-collide.ts'
import { noBaseline } from './no-baseline.ts'
import { oldVersions } from './old-versions.ts'
import { publicLaneHeader } from './public-lane-header.ts'
import { retries } from './retries.ts'
import { routeWithoutPods } from './route-without-pods.ts'
import { ruleHiddenFromCaller } from './rule-hidden-from-caller.ts'
import { ruleOffThePath } from './rule-off-the-path.ts'
import { secondRuleForHost } from './second-rule-for-host.ts'
import { sentinelLane } from './sentinel-lane.ts'
import { subsetHidden } from './subset-hidden.ts'
import { subsetTwice } from './subset-twice.ts'
import { tlsClashes } from './tls-clash.ts'
import { twoKindsOfRules } from './two-kinds-of-rules.ts'
import { versionNames } from './version-names.ts'
import { istioChecks } from './istio/index.ts'

/** Every check. */
export const checks: readonly Check[] = [
  ambientSource,
  baselineTakesEveryVersion,
  callerWithoutSidecar,
  corsLaneHeader,
  delegates,
  envoyFilters,
  halfQualifiedHost,
  headerKey,
  idleTimeoutInASubset,
  laneAddedNotSet,
  laneDropsPolicy,
  laneLeavesTheMesh,
  laneMatchTooWide,
  laneNeverCarried,
  lanePortNotHttp,
  laneUnreachable,
  laneWithoutEnd,
  lanesAtTheGatewayOnly,
  lessSpecificThanBaseline,
  limits,
  namesCollide,
  noBaseline,
  oldVersions,
  publicLaneHeader,
  retries,
  routeWithoutPods,
  ruleHiddenFromCaller,
  ruleOffThePath,
  secondRuleForHost,
  sentinelLane,
  subsetHidden,
  subsetTwice,
  tlsClashes,
  twoKindsOfRules,
  versionNames,
  ...istioChecks,
]
