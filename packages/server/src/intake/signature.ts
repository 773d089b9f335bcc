import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Whether `X-Hub-Signature-256` is the HMAC of exactly these bytes under one of the secrets (docs/github.md "Intake"). All are
 * compared, each in constant time, so that neither the time nor the order says which one fits.
 */
export function isSigned(secrets: readonly string[], body: Uint8Array, header: string | undefined): boolean {
  const hex = /^sha256=([0-9a-f]{64})$/.exec(header ?? '')?.[1]
  if (hex === undefined) return false
  const given = Buffer.from(hex, 'hex')
  let fits = false
  for (const secret of secrets) {
    const wanted = createHmac('sha256', secret).update(body).digest()
    fits = timingSafeEqual(given, wanted) || fits
  }
  return fits
}
