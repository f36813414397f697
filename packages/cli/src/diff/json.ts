import { isLaned } from '../reach/targets.ts'
import { ANY_OTHER } from './change.ts'
import type { Reached } from '../reach/view.ts'
import type { Diff } from './diff.ts'

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
      everyLane: !isLaned(target.laned),
      lanes: lanes.filter((lane) => lane !== null && lane !== ANY_OTHER),
      withoutLane: lanes.includes(null),
      anyOtherLane: !isLaned(target.laned) || lanes.includes(ANY_OTHER),
      before: shapeSide(before),
      after: shapeSide(after),
    })),
  }
}

function shapeSide({ destinations, origin }: Reached): object {
  return {
    destinations,
    decidedBy: origin && {
      resource: origin.resource,
      file: origin.position.file,
      line: origin.position.line,
    },
  }
}
