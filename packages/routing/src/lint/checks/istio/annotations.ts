import type { Check } from '../../check.ts'
import { knownAnnotations } from '../../model/annotations.ts'
import type { ReportFinding } from '../../finding.ts'
import { Part } from '../../part.ts'
import { invalidAnnotation } from '../../model/annotation-values.ts'

/** Istio's annotations are spelt right, stand where they are read, and hold what is read. */
export const annotations: Check = {
  codes: ['IST0107', 'IST0108', 'IST0125', 'IST0135'],
  run(world, report) {
    const resources = ['Namespace', 'Service'].flatMap((kind) => world.of('', kind))
    for (const resource of [...resources, ...world.of('apps', 'Deployment')])
      check(Part.of(resource), resource.kind, report)
    for (const { template } of world.pods().all) check(template, 'Pod', report)
  },
}

function check(object: Part, kind: string, report: ReportFinding): void {
  const labels = object.get('metadata', 'labels').labels()
  for (const [name, at] of object.get('metadata', 'annotations').entries()) {
    if (!isIstios(name) || alwaysFine.has(name)) continue
    const known = knownAnnotations.get(name)
    if (known === undefined) {
      report({
        code: 'IST0108',
        at,
        key: true,
        message: `Istio knows no annotation ${name}; correct the name, or remove it`,
      })
      continue
    }
    const replaced = name === inject && Object.hasOwn(labels, inject)
    if (known.deprecated && !replaced) {
      const cure = name === inject ? `; write the label ${inject} in its place` : '; remove it'
      report({
        code: 'IST0135',
        at,
        key: true,
        message: `annotation ${name} is deprecated${cure}`,
      })
    }
    if (known.kinds.includes('Any')) continue
    if (!known.kinds.includes(kind)) {
      report({
        code: 'IST0107',
        at,
        key: true,
        message: `annotation ${name} is read on ${known.kinds.join(', ')} only, not on a ${kind}; move it`,
      })
      continue
    }
    const problem = invalidAnnotation(name, String(at.value))
    if (problem === null) continue
    report({ code: 'IST0125', at, message: `annotation ${name} ${problem}` })
  }
}

const inject = 'sidecar.istio.io/inject'

/** Set by Istio itself. */
const alwaysFine: ReadonlySet<string> = new Set([
  'sidecar.istio.io/status',
  'gateway.istio.io/controller-version',
  'istio.io/rev',
])

function isIstios(name: string): boolean {
  return (
    name === 'kubernetes.io/ingress.class' || (name.split('/', 1)[0] ?? '').endsWith('istio.io')
  )
}
