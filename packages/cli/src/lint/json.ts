import type { Finding } from '@traffic-lanes/routing'
import { prettyJson } from '../output/json.ts'
import { docsOf } from './docs.ts'

/** For programs: every field is always there, null where it does not apply. */
export function formatAsJson(findings: readonly Finding[]): string {
  const body = {
    findings: findings.map(({ code, name, level, message, position, resource, request }) => ({
      code,
      name,
      level,
      message,
      resource,
      file: position?.file ?? null,
      line: position?.line ?? null,
      column: position?.column ?? null,
      request: request && {
        from: request.from,
        method: request.method,
        url: request.url,
        lane: request.lane,
        headers: request.headers,
        http: request.http,
        outcome: request.outcome,
      },
      docs: docsOf(code),
    })),
  }
  return prettyJson(body)
}
