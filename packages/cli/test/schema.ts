import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import type { AnySchema, ValidateFunction } from 'ajv'

const validators = new Map<string, ValidateFunction>()

/**
 * What a published schema has against a value; empty: nothing. Objects may not hold more than the schema
 * names, so that it names all there is.
 */
export function complaintsOf(schema: string, value: unknown): string[] {
  const validate = validators.get(schema) ?? compile(schema)
  validators.set(schema, validate)
  validate(value)
  return (validate.errors ?? []).map(
    ({ instancePath, message }) => `${instancePath} ${message ?? ''}`,
  )
}

function compile(schema: string): ValidateFunction {
  const text = readFileSync(new URL(`../schema/${schema}`, import.meta.url), 'utf8')
  const written: AnySchema = JSON.parse(text, (_key, value: unknown) => closed(value))
  return new Ajv({ allErrors: true, allowUnionTypes: true }).compile(written)
}

function closed(schema: unknown): unknown {
  const isOpen =
    typeof schema === 'object' &&
    schema !== null &&
    'type' in schema &&
    'properties' in schema &&
    !('additionalProperties' in schema)
  return isOpen ? { ...schema, additionalProperties: false } : schema
}
