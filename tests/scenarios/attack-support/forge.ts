import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type IdKind, formatId } from '@breakglass/core/ids'
import {
  decodeBase64url,
  decodeUtf8,
  type Envelope,
  encodeBase64url,
  formatStatement,
  type JsonObject,
  parseStatement,
  type Signer,
  signerFromSeed,
} from '@breakglass/verify'
import type { Installation } from '../../support/installation.ts'

/** What somebody has who took over the server: its own key, from its own directory. */
export async function stolenSigner({ dir }: Installation): Promise<Signer> {
  const text = await readFile(join(dir, 'server', 'issuer.seed'), 'utf8')
  return signerFromSeed(decodeBase64url(text.trim())!)
}

/** The key of somebody whom nobody has pinned. */
export const strangersSigner = (): Signer => signerFromSeed(randomBytes(32))

/** Says something else over a genuine signature's form: the same header and envelope, another body, signed anew. */
export function resign(
  jws: string,
  { signer, subject, body }: { signer: Signer; subject: IdKind; body: (genuine: never) => object },
): string {
  const parsed = parseStatement(jws)
  if (!parsed.ok) throw new Error('expected a genuine statement to begin with')
  const { envelope, log, typ } = parsed.value
  const forged: Envelope = {
    ...envelope,
    sid: formatId('statement', randomBytes(16)),
    subject: subject === 'program' ? envelope.subject : formatId(subject, randomBytes(16)),
    body: body(envelope.body as never) as JsonObject,
  }
  return formatStatement(forged, { log, signer, typ })
}

export interface Carried {
  jws: string
  proof: string
}

/** Taken apart and put together without what `@breakglass/verify` would refuse to write. */
export function splitCarried(carried: string): Carried {
  const [, jws = '', proof = ''] = carried.split('~')
  return { jws, proof: decodeUtf8(decodeBase64url(proof)!)! }
}

export const joinCarried = ({ jws, proof }: Carried): string =>
  `bg1~${jws}~${encodeBase64url(new TextEncoder().encode(proof))}`

export interface Granted {
  scope: Record<string, unknown>
}
