import type { Check } from '../check.ts'

/** A lane is nobody's business outside: its name is often that of an unreleased feature. */
export const laneLeavesTheMesh: Check = {
  codes: ['TL027'],
  run(world, report) {
    if (world.laneHosts().size === 0) return
    for (const { spec, hosts, ports } of world.serviceEntries()) {
      if ((spec.get('location').text ?? 'MESH_EXTERNAL') !== 'MESH_EXTERNAL') continue
      if (!ports.some(({ protocol }) => /^(?:http|http2|grpc)$/i.test(protocol))) continue
      const open = hosts.find((host) => {
        const rules = world.virtualServicesByHost().get(host) ?? []
        return !rules.some(({ http }) =>
          http.every(({ part }) =>
            part
              .get('headers', 'request', 'remove')
              .texts()
              .some((name) => name.toLowerCase() === world.laneHeader),
          ),
        )
      })
      if (open === undefined) continue
      report({
        code: 'TL027',
        at: spec.get('hosts'),
        message: `${open} is outside of the mesh, and nothing takes ${world.laneHeader} off what goes there; write a VirtualService for it with \`headers.request.remove\`, unless every caller's SDK is bound to the cluster's hosts`,
      })
    }
  },
}
