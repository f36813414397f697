import type { Check } from '../check.ts'
import { groupBy } from '../world.ts'

/** Subset names, DNS labels and GitLab's slugs know neither dots nor underscores nor capitals. */
export const namesCollide: Check = {
  codes: ['TL021'],
  run(world, report) {
    for (const service of world.services().values()) {
      const versions = [...world.versionsOf(service)]
      for (const alike of groupBy(versions, ([version]) => folded(version)).values()) {
        const [first, ...others] = alike
        for (const [version, [workload]] of others) {
          if (first === undefined || workload === undefined) continue
          report({
            code: 'TL021',
            at: workload.template.get('metadata', 'labels', world.versionLabel),
            message: `version ${JSON.stringify(version)} and ${JSON.stringify(first[0])} of Service ${service.name} become one name (${folded(version)}) where tools allow neither dots nor capitals; rename one of the branches`,
          })
        }
      }
    }
  },
}

function folded(version: string): string {
  return version.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
}
