import type { LaneMap } from './map.ts'

/** The map for programs: a row for each caller, target and lane. */
export function mapAsJson({ lanes, sections }: LaneMap, header: string): object {
  return {
    header,
    lanes: lanes.filter((lane) => lane !== null),
    callers: sections.map(({ caller, columns }) => ({
      kind: caller.kind,
      members: caller.members,
      rows: columns.flatMap(({ target, sample, cells }) =>
        cells.map(({ lane, mark, text, destinations, origin }) => ({
          lane,
          target: target.name,
          method: sample.method,
          url: `${target.origin}${sample.path}`,
          host: sample.host,
          headers: sample.headers,
          mark,
          text,
          destinations,
          decidedBy: origin && {
            resource: origin.resource,
            file: origin.position.file,
            line: origin.position.line,
          },
        })),
      ),
    })),
  }
}
