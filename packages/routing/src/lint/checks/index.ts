import type { Check } from '../check.ts'
import { baselineTakesEveryVersion } from './baseline-takes-every-version.ts'
import { halfQualifiedHost } from './half-qualified-host.ts'
import { istioChecks } from './istio/index.ts'
import { laneAddedNotSet } from './lane-added-not-set.ts'
import { laneDropsPolicy } from './lane-drops-policy.ts'
import { laneMatchTooWide } from './lane-match-too-wide.ts'
import { laneNeverCarried } from './lane-never-carried.ts'
import { laneUnreachable } from './lane-unreachable.ts'
import { lanesAtTheGatewayOnly } from './lanes-at-the-gateway-only.ts'
import { namesCollide } from './names-collide.ts'
import { noBaseline } from './no-baseline.ts'
import { secondRuleForHost } from './second-rule-for-host.ts'
import { sentinelLane } from './sentinel-lane.ts'

/** Every check. */
export const checks: readonly Check[] = [
  baselineTakesEveryVersion,
  halfQualifiedHost,
  laneAddedNotSet,
  laneDropsPolicy,
  laneMatchTooWide,
  laneNeverCarried,
  laneUnreachable,
  lanesAtTheGatewayOnly,
  namesCollide,
  noBaseline,
  secondRuleForHost,
  sentinelLane,
  ...istioChecks,
]
