import { thumbprint } from './ed25519.ts'
import { fault, pass, show, type Verdict } from './fault.ts'
import { checkSignature, checkTypeAndLog } from './judge.ts'
import { parseStatement, type Statement } from './statement.ts'

/**
 * docs/formats/point-journal.md: an event that an enforcement point reports, under the key it was registered with. That
 * `seq` and `prev` follow the event before is for the server to check. Codes: those of `parseStatement`, `bad_header`,
 * `wrong_organization`, `unknown_issuer`, `wrong_point`, `bad_signature`.
 */
export function verifyReport(
  jws: string,
  key: { id: string; kid: string; key: Uint8Array },
  organization: string,
): Verdict<Statement> {
  const parsed = parseStatement(jws)
  if (!parsed.ok) return parsed
  const statement = parsed.value
  const faults = checkTypeAndLog(statement, 'breakglass-report+jws', organization)
  if (statement.kid !== key.kid || thumbprint(key.key) !== key.kid) {
    faults.push(fault('unknown_issuer', 'statement.header.kid', `the point's key ${key.kid}`, show(statement.kid)))
  }
  if (statement.envelope.subject !== key.id) {
    faults.push(fault('wrong_point', 'statement.subject', key.id, show(statement.envelope.subject)))
  }
  faults.push(...checkSignature(statement, key.key))
  return faults.length === 0 ? pass(statement) : { ok: false, faults }
}
