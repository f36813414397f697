import {
  CORE_SCHEMA,
  defineMappingTag,
  defineScalarTag,
  load,
  mapTag,
  mergeTag,
  NOT_RESOLVED,
} from 'js-yaml'
import { yaml11Booleans } from './exact-yaml.ts'

/**
 * The value of a plain document, six times as fast as by the parser that knows positions; undefined where
 * that one has to look: errors, anchors, tags, and whatever else is rare in manifests.
 */
export function parseQuickly(text: string): { readonly value: unknown } | undefined {
  if (RARE.test(text)) return undefined
  try {
    return { value: load(text, { schema: quickSchema }) }
  } catch {
    return undefined
  }
}

/** Anchors and tags, a document's end mark, a byte order mark, tabs, and a key that no object can hold. */
const RARE = /(?:^|[\s[{,])[&!]|^\.\.\.|\uFEFF|\t|__proto__/m

const quickSchema = CORE_SCHEMA.withTags(
  mergeTag,
  defineScalarTag('tag:yaml.org,2002:bool', {
    implicit: true,
    implicitFirstChars: 'yYnNoOtTfF'.split(''),
    resolve: (word) => {
      if (/^(?:true|True|TRUE)$/.test(word)) return true
      if (/^(?:false|False|FALSE)$/.test(word)) return false
      return yaml11Booleans.test(word) ? /^(?:y|on)/i.test(word) : NOT_RESOLVED
    },
    identify: () => false,
  }),
  defineMappingTag('tag:yaml.org,2002:map', {
    ...mapTag,
    // Kubernetes makes text of a key that is none: `on` is the key "true" (sigs.k8s.io/yaml).
    addPair: (carrier, key, value) =>
      typeof key === 'string' || typeof key === 'boolean' || typeof key === 'number'
        ? mapTag.addPair(carrier, String(key), value)
        : 'The key is no text',
  }),
)
