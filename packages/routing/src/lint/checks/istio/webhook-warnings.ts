import type { Check } from '../../check.ts'
import { formatPath } from '../../../manifest/resource.ts'
import { warnOfDestinationRule } from '../../warnings/destination-rule.ts'
import { warnOfGateway } from '../../warnings/gateway.ts'
import { warnOfServiceEntry } from '../../warnings/service-entry.ts'
import { warnOfSidecar } from '../../warnings/sidecar.ts'
import { warnOfVirtualService } from '../../warnings/virtual-service.ts'
import type { Warn } from '../../warnings/warn.ts'
import { istio } from '../../world.ts'

/** What Istio's webhook takes with a warning. What it refuses the readers report (IST0106). */
export const webhookWarnings: Check = {
  codes: ['IST0133'],
  run(world, report) {
    const warn: Warn = (at, because) =>
      report({ code: 'IST0133', at, message: `${formatPath(at.path)} ${because}` })
    for (const view of world.virtualServices()) warnOfVirtualService(view, warn)
    for (const view of world.destinationRules()) warnOfDestinationRule(view, warn)
    for (const view of world.gateways().values()) warnOfGateway(view, warn)
    for (const view of world.serviceEntries()) warnOfServiceEntry(view, warn)
    for (const resource of world.of(istio, 'Sidecar')) warnOfSidecar(resource, warn)
  },
}
