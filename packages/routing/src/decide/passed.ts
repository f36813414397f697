import type { VirtualHost } from '../compile/proxy-config.ts'
import type { PassedRoute } from '../decision.ts'
import type { RequestView } from './request-view.ts'
import { explainFailure, findFailure } from './route-conditions.ts'

/**
 * The routes of a virtual host before the one at `until`, each with the first condition that the request
 * does not meet, and between them what configuration alone kept out.
 */
export function explainPassed(
  { routes, excluded }: VirtualHost,
  until: number,
  view: RequestView,
): PassedRoute[] {
  const passed: PassedRoute[] = []
  let next = 0
  const addExcluded = (index: number): void => {
    for (let one = excluded[next]; one !== undefined && one.before <= index; one = excluded[next]) {
      const { name, origin, code, because } = one
      passed.push({ index: null, name, origin, code, because })
      next += 1
    }
  }
  for (const [index, { name, origin, match }] of routes.slice(0, until).entries()) {
    addExcluded(index)
    const failure = findFailure(match, view)
    if (failure !== null) passed.push({ index, name, origin, ...explainFailure(failure, view) })
  }
  addExcluded(until)
  return passed
}
