import { createPrivateKey, createSign, type KeyObject } from 'node:crypto'
import { BreakglassError } from '@breakglass/core/errors'

/** GitHub takes ten minutes at most, and a minute of a clock that is behind. */
const lifeSeconds = 540
const backdatedSeconds = 60

/** The key that GitHub made for the app, in PEM as it was downloaded. Throws `bad_input`. */
export function readAppKey(pem: string): KeyObject {
  const wanted = 'Expected the private key of the app, RSA in PEM as GitHub gave it'
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    // What was found may be somebody's key all the same: none of it is shown.
    throw new BreakglassError('bad_input', `${wanted}; found something that is no private key.`)
  }
  if (key.asymmetricKeyType === 'rsa') return key
  throw new BreakglassError('bad_input', `${wanted}; found a key of the kind ${key.asymmetricKeyType}.`)
}

/** What an app shows of itself, as GitHub's documentation of app authentication has it: a JWT by RS256 (RFC 7519). */
export function appToken(app: string, key: KeyObject, nowMs: number): string {
  const nowSeconds = Math.floor(nowMs / 1000)
  const claims = { iat: nowSeconds - backdatedSeconds, exp: nowSeconds + lifeSeconds, iss: app }
  const parts = [{ alg: 'RS256', typ: 'JWT' }, claims].map(part =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  )
  const text = parts.join('.')
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`
}
