import type { Fields } from '../manifest.ts'
import type { Random } from '../random.ts'

/** What the whole mesh is set to: mostly nothing. */
export function meshConfig(random: Random): Fields | null {
  if (random.chance(0.8)) return null
  return {
    outboundTrafficPolicy: random.chance(0.6) ? { mode: 'REGISTRY_ONLY' } : undefined,
    pathNormalization: random.chance(0.2)
      ? {
          normalization: random.pick(['NONE', 'BASE', 'MERGE_SLASHES', 'DECODE_AND_MERGE_SLASHES']),
        }
      : undefined,
    defaultVirtualServiceExportTo: random.chance(0.15) ? ['.'] : undefined,
    defaultServiceExportTo: random.chance(0.15) ? ['.'] : undefined,
    defaultDestinationRuleExportTo: random.chance(0.15) ? ['.'] : undefined,
    defaultHttpRetryPolicy: random.chance(0.2)
      ? { attempts: 1, retryOn: 'connect-failure' }
      : undefined,
  }
}
