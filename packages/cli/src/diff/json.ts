import { ANY_OTHER } from './diff.ts'
import type { Diff, Side } from './diff.ts'

/** The changes for programs. */
export function diffAsJson({ asked, changes }: Diff): object {
  return {
    asked,
    changes: changes.map(({ callers, lanes, target, samples, before, after }) => ({
      callers: { kind: callers.kind, members: callers.members },
      target: target.name,
      requests: samples.map(({ method, path, host, headers }) => ({
        method,
        url: `${target.origin}${path}`,
        host,
        headers,
      })),
      everyLane: !target.isLaned,
      lanes: lanes.filter((lane) => lane !== null && lane !== ANY_OTHER),
      withoutLane: lanes.includes(null),
      anyOtherLane: !target.isLaned || lanes.includes(ANY_OTHER),
      before: shapeSide(before),
      after: shapeSide(after),
    })),
  }
}

function shapeSide({ destinations, decision: { route } }: Side): object {
  const origin = route?.origin ?? null
  return {
    destinations,
    decidedBy: origin && {
      resource: origin.resource,
      file: origin.position.file,
      line: origin.position.line,
    },
  }
}
