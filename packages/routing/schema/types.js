import { compile } from 'json-schema-to-typescript'

/**
 * The TypeScript types of kinds: names and types of fields, and enums. What a type cannot say (bounds, patterns,
 * fields that exclude each other) stays with the schema check. No prose.
 *
 * @param crds Kinds of CRDs: `{ name, kind, apiVersions, spec, required }` with a structural schema each.
 * @param kubernetes Kubernetes' own: `{ kind, apiVersion, type }` with the name of a type each.
 * @param types The types of Kubernetes by their full names, as client-go writes them down for server-side apply.
 */
export async function typesOf(crds, kubernetes, types) {
  const definitions = {}
  const metadata = definitionOf(
    'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta',
    types,
    definitions,
  )
  for (const { name, kind, apiVersions, spec, required } of crds) {
    definitions[`${name}Spec`] = structural(spec)
    definitions[name] = manifest(apiVersions, kind, metadata, {
      properties: { spec: reference(`${name}Spec`) },
      required,
    })
  }
  for (const { kind, apiVersion, type } of kubernetes) {
    const { fields } = types.get(type).map
    const own = fields.filter(({ name }) => !outer.has(name))
    const properties = Object.fromEntries(
      own.map((field) => [field.name, kubernetesType(field.type, types, definitions)]),
    )
    definitions[kind] = manifest([apiVersion], kind, metadata, { properties, required: [] })
  }
  const names = [...crds.map(({ name }) => name), ...kubernetes.map(({ kind }) => kind)].toSorted(
    byText,
  )
  return compile({ definitions: sorted(definitions), oneOf: names.map(reference) }, 'Manifest', {
    additionalProperties: false,
    bannerComment: '',
    format: false,
    ignoreMinAndMaxItems: true,
    unknownAny: true,
  })
}

const outer = new Set(['apiVersion', 'kind', 'metadata', 'status'])

function manifest(apiVersions, kind, metadata, { properties, required }) {
  return {
    type: 'object',
    properties: {
      apiVersion: { enum: apiVersions },
      kind: { enum: [kind] },
      metadata,
      ...properties,
      status: {},
    },
    required: [...new Set(['apiVersion', 'kind', 'metadata', ...required])],
  }
}

function reference(name) {
  return { $ref: `#/definitions/${name}` }
}

/** What of a structural schema a type can say. */
function structural(schema) {
  if (schema['x-kubernetes-int-or-string']) return { type: ['integer', 'string'] }
  const type = {}
  if (schema.type !== undefined) type.type = schema.nullable ? [schema.type, 'null'] : schema.type
  if (schema.enum !== undefined) type.enum = schema.enum
  if (schema.items !== undefined) type.items = structural(schema.items)
  if (schema.type !== 'object') return type
  const { properties } = schema
  if (properties !== undefined) {
    type.properties = Object.fromEntries(
      Object.entries(properties).map(([name, one]) => [name, structural(one)]),
    )
    // The API server puts the defaults in before it looks.
    type.required = schema.required?.filter((name) => properties[name]?.default === undefined)
  }
  if (typeof schema.additionalProperties === 'object')
    type.additionalProperties = structural(schema.additionalProperties)
  else type.additionalProperties = properties === undefined || isOpen(schema)
  return type
}

function isOpen(schema) {
  return schema['x-kubernetes-preserve-unknown-fields'] === true
}

function kubernetesType(type, types, definitions) {
  if (type.namedType !== undefined) return definitionOf(type.namedType, types, definitions)
  if (type.scalar !== undefined) {
    const names = { string: 'string', boolean: 'boolean', numeric: 'number' }
    return type.scalar in names ? { type: names[type.scalar] } : {}
  }
  if (type.list !== undefined)
    return { type: 'array', items: kubernetesType(type.list.elementType, types, definitions) }
  if (type.map?.fields !== undefined) {
    const properties = Object.fromEntries(
      type.map.fields.map((field) => [field.name, kubernetesType(field.type, types, definitions)]),
    )
    return { type: 'object', properties, additionalProperties: false }
  }
  if (type.map?.elementType !== undefined) {
    const additionalProperties = kubernetesType(type.map.elementType, types, definitions)
    return { type: 'object', additionalProperties }
  }
  return {}
}

function definitionOf(fullName, types, definitions) {
  const name = fullName.split('.').at(-1)
  if (name === 'Quantity' || name === 'IntOrString') return { type: ['number', 'string'] }
  if (name === 'Time' || name === 'MicroTime') return { type: 'string' }
  const type = types.get(fullName)
  if (type.map?.fields === undefined) return kubernetesType(type, types, definitions)
  if (definitions[name] === undefined) {
    // Before its fields, which may name it.
    definitions[name] = {}
    definitions[name] = kubernetesType(type, types, definitions)
  }
  return reference(name)
}

function sorted(object) {
  return Object.fromEntries(Object.entries(object).toSorted(([a], [b]) => byText(a, b)))
}

function byText(a, b) {
  return a < b ? -1 : 1
}
