import { decodeBase64, encodeBase64, instantToMs, isInstant, msToInstant } from '@breakglass/verify'
import { formatChecked, readObject } from './checked-json.ts'
import { LedgerError } from './errors.ts'

/** A signed tree: in memory the newest, in `state.json` the one that is settled on disk. docs/formats/ledger.md "On disk". */
export interface SignedState {
  size: number
  root: Uint8Array
  signedAtMs: number
}

export function formatState(state: SignedState): string {
  return formatChecked({ root: encodeBase64(state.root), signedAt: msToInstant(state.signedAtMs), size: state.size })
}

/** Code: `state_damaged` on anything `formatState` does not write; a flipped bit is caught by `check`. */
export function parseState(text: string, path: string): SignedState {
  const state = readState(text)
  if (state !== undefined && formatState(state) === text) return state
  throw new LedgerError('state_damaged', `${path} is not what this ledger writes; expected size, root, signedAt, check`)
}

function readState(text: string): SignedState | undefined {
  const { size, root: rootText, signedAt } = readObject(text) ?? {}
  const root = typeof rootText === 'string' ? decodeBase64(rootText) : undefined
  if (root?.length !== 32 || typeof signedAt !== 'string' || !isInstant(signedAt)) return undefined
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return undefined
  return { size, root, signedAtMs: instantToMs(signedAt) }
}
