import {
  canonicalJson,
  decodeBase64,
  digestOf,
  encodeBase64,
  instantToMs,
  isInstant,
  msToInstant,
} from '@breakglass/verify'
import { LedgerError } from './errors.ts'

/** What has been signed last, or was about to be: written before the signature. docs/formats/ledger.md "state.json". */
export interface SignedState {
  size: number
  root: Uint8Array
  signedAtMs: number
}

export function formatState(state: SignedState): string {
  const content = { root: encodeBase64(state.root), signedAt: msToInstant(state.signedAtMs), size: state.size }
  return `${canonicalJson({ ...content, check: digestOf(canonicalJson(content)) })}\n`
}

/** Code: `state_damaged` on anything `formatState` does not write; a flipped bit is caught by `check`. */
export function parseState(text: string, path: string): SignedState {
  const state = readState(text)
  if (state !== undefined && formatState(state) === text) return state
  throw new LedgerError('state_damaged', `${path} is not what this ledger writes; expected size, root, signedAt, check`)
}

function readState(text: string): SignedState | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { size, root: rootText, signedAt }: { size?: unknown; root?: unknown; signedAt?: unknown } = value
  const root = typeof rootText === 'string' ? decodeBase64(rootText) : undefined
  if (root?.length !== 32 || typeof signedAt !== 'string' || !isInstant(signedAt)) return undefined
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return undefined
  return { size, root, signedAtMs: instantToMs(signedAt) }
}
