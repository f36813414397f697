import type { Resource } from '../../../manifest/resource.ts'
import type { Check } from '../../check.ts'
import { Part } from '../../part.ts'

/**
 * A server's credential is a Secret beside the router. Manifests without any Secret are for a cluster that gets
 * them from elsewhere. What is inside a certificate is not looked at.
 */
export const gatewayCredentials: Check = {
  codes: ['IST0101', 'IST0161'],
  run(world, report) {
    const secrets = world.of('', 'Secret')
    if (secrets.length === 0) return
    const byId = new Map(secrets.map((secret) => [`${secret.namespace}/${secret.name}`, secret]))
    for (const gateway of world.gateways().values()) {
      const [router] = world.pods().selectedBy(gateway.selector)
      if (router === undefined) continue
      for (const { part } of gateway.servers) {
        const at = part.get('tls', 'credentialName')
        if (at.text === null) continue
        const id = at.text.includes('/') ? at.text : `${router.namespace}/${at.text}`
        const secret = byId.get(id)
        if (secret === undefined) {
          report({
            code: 'IST0101',
            at,
            message: `there is no Secret ${id}, where the router looks for the certificate; add it, or correct the name`,
          })
        } else if (!holdsCertificate(secret)) {
          report({
            code: 'IST0161',
            at,
            message: `Secret ${id} holds no certificate with its key (\`tls.crt\` and \`tls.key\`, or \`cert\` and \`key\`)`,
          })
        }
      }
    }
  },
}

function holdsCertificate(secret: Resource): boolean {
  const data = Part.of(secret).get('data')
  const certificate = [
    ['cert', 'key'],
    ['tls.crt', 'tls.key'],
  ].find((keys) => keys.every((key) => data.get(key).text !== null))
  const encoded = data.get(certificate?.[0] ?? '').text
  // `-----BEGIN CERTIFICATE-----` in base64.
  return encoded !== null && encoded.startsWith('LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t')
}
