import { stringify } from 'yaml'
import type { Cell, Column, LaneMap, Section } from '../map/map.ts'

/**
 * A first file of tests: what the map says today, a document for each kind of caller. Where every lane goes
 * the same way one test is enough; what chance decides is left out, and so are clients without a sidecar.
 */
export function testsFromMap(map: LaneMap): string {
  const documents = map.sections
    .filter(({ caller }) => caller.kind !== 'outside')
    .map((section) => documentOf(section))
    .filter(({ spec }) => spec.tests.length > 0)
  return documents.map((document) => stringify(document, { lineWidth: 100 })).join('---\n')
}

function documentOf({ caller, columns }: Section) {
  return {
    apiVersion: 'traffic-lanes.dev/v1alpha1',
    kind: 'RouteTest',
    spec: { from: caller.members[0], tests: columns.flatMap(testsOf) },
  }
}

function testsOf(column: Column): object[] {
  const { cells } = column
  const [first] = cells
  const isSame = cells.every(({ text }) => text === first?.text)
  return cells.slice(0, isSame ? 1 : cells.length).flatMap((cell) => {
    const expect = expectationOf(cell)
    if (expect === undefined) return []
    const { target, sample } = column
    const { method, path, headers, host } = sample
    const parts = [target.name, method === 'GET' ? '' : method, path === '/' ? '' : path]
    const fields = [
      ...(host === null ? [] : [`host ${host}`]),
      ...headers.map(([name, value]) => `${name} ${value}`),
      ...(cell.lane === null ? [] : [`in lane ${cell.lane}`]),
    ]
    const request = {
      ...(method === 'GET' ? {} : { method }),
      url: `${target.origin}${path}`,
      ...(host === null ? {} : { host }),
      ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
      ...(cell.lane === null ? {} : { lane: cell.lane }),
    }
    return [
      { name: [...parts, ...fields].filter((part) => part !== '').join(' '), request, expect },
    ]
  })
}

function expectationOf({ destinations: [only, ...others] }: Cell): object | undefined {
  if (only === undefined || others.length > 0) return undefined
  if (only.kind === 'forward') {
    const names = only.workloads.map((one) => one.slice(one.indexOf('/') + 1))
    if (names.length === 0) return undefined
    return { workload: names.length === 1 ? names[0] : names }
  }
  return only.status === null ? undefined : { status: only.status }
}
