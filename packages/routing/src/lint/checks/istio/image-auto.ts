import { isRecord } from '../../../manifest/read.ts'
import { selects } from '../../../mesh/labels.ts'
import type { Labels } from '../../../mesh/labels.ts'
import type { Check } from '../../check.ts'
import { isInjected, namespaceLabels } from '../../model/injection.ts'
import { Part } from '../../part.ts'

/** `image: auto` is for the injection webhook to replace: no registry has it. */
export const imageAuto: Check = {
  codes: ['IST0146', 'IST0147'],
  run(world, report) {
    const webhooks = world
      .of('admissionregistration.k8s.io', 'MutatingWebhookConfiguration')
      .flatMap((one) => Part.of(one).get('webhooks').list())
      .filter((one) => one.get('name').text?.endsWith('istio.io') === true)
    for (const { resource, template, labels, replicas } of world.workloads()) {
      const container = template
        .get('spec', 'containers')
        .list()
        .find((one) => one.get('name').text === 'istio-proxy' && one.get('image').value === 'auto')
      if (container === undefined) continue
      const at = container.get('image')
      if (resource.kind === 'Pod') {
        report({
          code: 'IST0147',
          at,
          message: `\`image: auto\` was not replaced: the webhook sees pods only when they are made. Make it anew in a namespace that is injected`,
        })
      } else if (replicas > 0 && !isInjected(world, template, resource.namespace)) {
        report({
          code: 'IST0147',
          at,
          message: `\`image: auto\` will not be replaced: neither the namespace nor the pods ask for injection. Label one of them`,
        })
      }
      if (resource.kind === 'Deployment') {
        const namespace = namespaceLabels(world, resource.namespace)
        const fits = webhooks.some(
          (one) =>
            fitsSelector(one.get('namespaceSelector'), namespace) &&
            fitsSelector(one.get('objectSelector'), labels),
        )
        if (fits) continue
        report({
          code: 'IST0146',
          at,
          message: `\`image: auto\` is for Istio's webhook, and none of the manifests' selects these pods; label the namespace or the pods for injection`,
        })
      }
    }
  },
}

/** A Kubernetes label selector; an absent one fits everything. */
function fitsSelector(selector: Part, labels: Labels): boolean {
  if (!isRecord(selector.value)) return true
  if (!selects(selector.get('matchLabels').labels(), labels)) return false
  return selector
    .get('matchExpressions')
    .list()
    .every((expression) => {
      const value = labels[expression.get('key').text ?? '']
      const values = expression.get('values').texts()
      switch (expression.get('operator').text) {
        case 'In':
          return value !== undefined && values.includes(value)
        case 'NotIn':
          return value === undefined || !values.includes(value)
        case 'Exists':
          return value !== undefined
        case 'DoesNotExist':
          return value === undefined
        default:
          return false
      }
    })
}
