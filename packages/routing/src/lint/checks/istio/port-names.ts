import type { Check } from '../../check.ts'
import { isControlPlane, isManagedByGateway } from '../../model/control-plane.ts'

/** A port says what it speaks, by appProtocol or the first word of its name. */
export const portNames: Check = {
  codes: ['IST0118', 'IST0150'],
  run(world, report) {
    for (const { resource, ports, type } of world.services().values()) {
      if (isControlPlane(resource.labels) || isManagedByGateway(resource.labels)) continue
      for (const { port, name, protocol, part } of ports) {
        const external = type === 'ExternalName'
        if (protocol !== 'auto' && !(external && name === 'tcp')) continue
        report(
          external
            ? {
                code: 'IST0150',
                at: part,
                message: `port ${port} of an ExternalName Service must say what it speaks, and not \`tcp\`, which the sidecar may take from other hosts; name it \`http\`, \`tls\` …`,
              }
            : {
                code: 'IST0118',
                at: part,
                message: `port ${port} does not say what it speaks, so that Istio sniffs it and ignores the Host header; set \`appProtocol: http\`, or name it \`http-…\``,
              },
        )
      }
    }
  },
}
