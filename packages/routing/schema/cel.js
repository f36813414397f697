/**
 * CEL rules of CRDs as checks that need no CEL: most are of a few forms. What is of none is listed when the
 * schema is generated, and is not checked.
 */
const forms = [
  [/^duration\(self\) >= duration\('1ms'\)$/, () => ({ check: ['ms'] })],
  [/^0 < self && self <= 65535$/, () => ({ bound: { lo: 1, hi: 65_535 } })],
  // A union: the field is there if and only if `type` says so.
  [
    /^!\(has\(self\.(\w+)\) && self\.(\w+) != '(\w+)'\)$/,
    (field, by, value) => ({ check: ['only', field, by, value] }),
  ],
  [
    /^!\(!has\(self\.(\w+)\) && self\.(\w+) == '(\w+)'\)$/,
    (field, by, value) => ({ check: ['needs', field, by, value] }),
  ],
  [
    /^has\(self\.(\w+)\) ? \? self\.(\w+) == '(\w+)' ?: true$/,
    (field, by, value) => ({ check: ['only', field, by, value] }),
  ],
  [
    /^self\.(\w+) == '(\w+)' \? has\(self\.(\w+)\) : true$/,
    (by, value, field) => ({ check: ['needs', field, by, value] }),
  ],
  [
    /^self\.filter\(f, f\.(\w+) == '(\w+)'\)\.size\(\) <= 1$/,
    (by, value) => ({ check: ['once', by, value] }),
  ],
  [
    /^!\(self\.exists\(f, f\.type == '(\w+)'\) && self\.exists\(f, f\.type == '(\w+)'\)\)$/,
    (one, other) => ({ check: ['apart', 'type', one, other] }),
  ],
  [
    /^\(size\(self\.group\) == 0 && self\.kind == 'Service'\) \? has\(self\.port\) : true$/,
    () => ({ check: ['port'] }),
  ],
  [
    /^\(has\(self\.(\w+)\) \? 1 : 0\) \+ \(has\(self\.(\w+)\) \? 1 : 0\) <= 1$/,
    (one, other) => ({ check: ['atMostOne', one, other] }),
  ],
  [/^!\(has\(self\.(\w+)\) && has\(self\.(\w+)\)\)$/, (a, b) => ({ check: ['atMostOne', a, b] })],
  [
    /^\(self\.type in \['Exact','PathPrefix'\]\) \? (!?)self\.value\.(\w+)\('(.+)'\) : true$/,
    (not, test, part) => ({ check: ['path', not === '', test, part] }),
  ],
  [
    /^\(self\.type in \['Exact','PathPrefix'\]\) \? self\.value\.matches\(r"""(.+)"""\) : true$/,
    (pattern) => ({ check: ['path', true, 'matches', pattern] }),
  ],
  [
    /^\(has\(self\.backendRefs\) && size\(self\.backendRefs\) > 0\) \? \(!has\(self\.filters\) \|\| self\.filters\.all\(f, !has\(f\.requestRedirect\)\)\): true$/,
    () => ({ check: ['redirectAlone'] }),
  ],
  [
    /^self\.all\(l1, (?:!has\(l1\.name\) \|\| )?self\.exists_one\(l2, (?:has\(l2\.name\) && )?l1\.name == l2\.name\)\)$/,
    () => ({ check: ['unique', 'name'] }),
  ],
  [
    /^\(has\(self\.filters\) && self\.filters\.exists_one\(f, has\(f\.(\w+)\) .* \? \(\(size\(self\.matches\) != 1 \|\|/,
    (filter) => ({ check: ['onePrefix', filter] }),
  ],
  [/^!\(has\(self\.request\) && has\(self\.backendRequest\) /, () => ({ check: ['timeouts'] })],
  [
    /^\(self\.size\(\) > 0 \? \(?(?:has\()?self\[0\]\.matches.* <= 128$/,
    () => ({ check: ['matches', 128] }),
  ],
  [
    /^self\.all\(l, l\.protocol in \['HTTP', 'TCP', 'UDP'\] \? !has\(l\.tls\) : true\)$/,
    () => ({ check: ['plain'] }),
  ],
  [
    /^self\.all\(l1, self\.exists_one\(l2, l1\.port == l2\.port && l1\.protocol /,
    () => ({ check: ['unique', 'port', 'protocol', 'hostname'] }),
  ],
  [
    /^self\.all\((?<l>\w)1, self\.exists_one\(\k<l>2, \k<l>1\.(?<f>\w+) == \k<l>2\.\k<f>\)\)$/,
    (_letter, field) => ({ check: ['unique', field] }),
  ],
  [
    /^\(\(has\(self\.resolution\) \? self\.resolution : "NONE"\) == "NONE"\) \? !has\(self\.endpoints\) : true$/,
    () => ({ check: ['resolved'] }),
  ],
  [
    /^((?:\(has\(self\.\w+\) \? 1 : 0\)(?: \+ )?)+ <= 1)$/,
    (rule) => ({
      check: ['atMostOne', ...[...rule.matchAll(/self\.(\w+)/g)].map(([, name]) => name)],
    }),
  ],
  [/^!\('\*' in self && self\.size\(\) > 1\)$/, () => ({ check: ['starAlone'] })],
  [/^self\.numerator <= self\.denominator$/, () => ({ check: ['fraction'] })],
  [/^!self\.contains\("\*"\)$/, () => ({ check: ['noStar'] })],
  [/^self\.all\(key, !key\.contains\("\*"\)\)$/, () => ({ check: ['noStarKey'] })],
  [
    /^has\(self\.type\) \? has\(self\.service\) \|\| has\(self\.method\) : true$/,
    () => ({ check: ['atLeastOne', 'service', 'method'] }),
  ],
  [
    /^has\(self\.(\w+)\) \|\| has\(self\.(\w+)\)$/,
    (one, other) => ({ check: ['atLeastOne', one, other] }),
  ],
  [
    /^self\.all\(l, \(l\.protocol == 'HTTPS' && has\(l\.tls\)\) \? /,
    () => ({ check: ['terminates'] }),
  ],
  [
    /^self\.all\(l, \(l\.protocol == 'TLS' \? has\(l\.tls\) && has\(l\.tls\.mode\)/,
    () => ({ check: ['tlsMode'] }),
  ],
  [
    /^!\(\(has\(self\.addresses\) \? self\.addresses : \[\]\)\.exists\(k, k\.contains\("\/"\)\) /,
    () => ({ check: ['subnets'] }),
  ],
  [
    /^\(\(has\(self\.resolution\) \? self\.resolution : ""\) == "DNS_ROUND_ROBIN"\) /,
    () => ({ check: ['roundRobin'] }),
  ],
  [/^has\(self\.portLevelMtls\) \? /, () => ({ check: ['portsOfSome'] })],
  [/^self\.all\(p1, self\.all\(p2, p1\.group == p2\.group /, () => ({ check: ['parents'] })],
  // What two references to one parent must differ in: `parents` says it too.
  [/^self\.all\(p1, self\.exists_one\(p2, p1\.group == p2\.group /, () => ({ check: ['parents'] })],
  [
    /^\(!has\(self\.type\) \|\| self\.type == '(\w+)'\) && has\(self\.(\w+)\) \? self\.\w+\.matches\(r"""(.+)"""\) ?: true$/,
    (type, field, pattern) => ({ check: ['pattern', type, field, pattern] }),
  ],
  [
    /^self\.type == '(\w+)' \? \(!has\(self\.(\w+)\) \|\| self\.\w+\.matches\(r"""(.+)"""\)\) ?: true$/,
    (type, field, pattern) => ({ check: ['pattern', type, field, pattern] }),
  ],
  [
    /^self\.mode == 'Terminate' \? size\(self\.certificateRefs\) > 0 /,
    () => ({ check: ['certificates'] }),
  ],
  [/^self\.all\(key, 0 < int\(key\) && int\(key\) <= 65535\)$/, () => ({ check: ['portKeys'] })],
  [/^self != "\*"$/, () => ({ check: ['notStar'] })],
]

/** The rules of one node: those of a known form as checks, the others as they are written. */
export function celChecks(validations) {
  const checks = []
  const rest = []
  for (const { rule } of validations) {
    const written = rule.replaceAll(/\s+/g, ' ').trim()
    const form = forms.map(([pattern, make]) => ({ found: pattern.exec(written), make }))
    const match = form.find(({ found }) => found !== null)
    if (match === undefined) rest.push(written)
    else checks.push(match.make(...match.found.slice(1)))
  }
  return { checks, rest }
}
