import type { Header, HeaderOperations } from '@traffic-lanes/routing'
import type { JsonObject } from './json.ts'

/** What Envoy calls the changes of one direction. */
export function requestHeaders(operations: HeaderOperations): JsonObject {
  return change('request', operations)
}

export function responseHeaders(operations: HeaderOperations): JsonObject {
  return change('response', operations)
}

function change(side: 'request' | 'response', operations: HeaderOperations): JsonObject {
  const { set, add, remove } = operations
  const values = [
    ...set.map((header) => option(header, 'OVERWRITE_IF_EXISTS_OR_ADD')),
    ...add.map((header) => option(header, 'APPEND_IF_EXISTS_OR_ADD')),
  ]
  return {
    ...(values.length === 0 ? {} : { [`${side}_headers_to_add`]: values }),
    ...(remove.length === 0 ? {} : { [`${side}_headers_to_remove`]: [...remove] }),
  }
}

function option([key, value]: Header, action: string): JsonObject {
  return { header: { key, value: format(value) }, append_action: action, keep_empty_value: true }
}

/** The engine holds the text that is sent; only Envoy's own commands (`%REQ(x)%`) keep their percent signs. */
function format(value: string): string {
  return /%[A-Z][A-Z_0-9]*(\([^)]*\))?(:\d+)?%/.test(value) ? value : value.replaceAll('%', '%%')
}
