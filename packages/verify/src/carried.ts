import { decodeBase64url, decodeUtf8, encodeBase64url, encodeUtf8 } from './bytes.ts'
import { type Parsed, pass, refuse, show } from './fault.ts'
import type { Logged } from './judge.ts'
import { statementBytesMax } from './statement.ts'

/** docs/formats/grant.md "Carried form": one line for a push option, a file, an environment variable. */
export const carriedBytesMax = 49_152

/** Throws TypeError on what the form cannot hold. */
export function formatCarried(logged: Logged): string {
  const text = `bg1~${logged.jws}~${encodeBase64url(encodeUtf8(logged.proof))}`
  const parsed = parseCarried(text)
  if (parsed.ok && parsed.value.proof === logged.proof) return text
  throw new TypeError(`expected a statement and a proof of at most ${carriedBytesMax} bytes as one line`)
}

/** Codes: `too_large`, `bad_carried`. Neither part is looked into; an absent proof is left for the verdict to name. */
export function parseCarried(text: string): Parsed<Logged> {
  if (text.length > carriedBytesMax) {
    return refuse('too_large', 'carried', `at most ${carriedBytesMax} bytes`, `${text.length} characters`)
  }
  const [version, jws = '', proofText, ...rest] = text.split('~')
  if (version !== 'bg1' || proofText === undefined || rest.length > 0) {
    return refuse('bad_carried', 'carried', 'bg1~<statement>~<proof>', show(text))
  }
  if (jws.length > statementBytesMax || !/^[A-Za-z0-9_.-]+$/.test(jws)) {
    return refuse('bad_carried', 'carried.statement', 'a compact JWS', show(jws))
  }
  const bytes = decodeBase64url(proofText)
  const proof = bytes === undefined ? undefined : decodeUtf8(bytes)
  if (proof === undefined)
    return refuse('bad_carried', 'carried.proof', 'canonical base64url of UTF-8', show(proofText))
  return pass({ jws, proof })
}
