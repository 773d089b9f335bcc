import { formatPrivateNoteKey, parsePrivateNoteKey } from '@breakglass/verify'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { closingEntryOf, formatClosingEntry } from './closing-entry.ts'

const closing = { origin: 'log.example/1', successor: 'log.example/2' }
const signer = (name: string, byte: number) => {
  const key = parsePrivateNoteKey(formatPrivateNoteKey(name, new Uint8Array(32).fill(byte)))
  if (!key.ok) throw new TypeError('expected a key')
  return key.value
}
const log = signer(closing.origin, 1)
const bytes = formatClosingEntry(closing, text => log.sign(text))

describe('closingEntryOf', () => {
  it('reads what the log has signed', () => {
    expect(closingEntryOf(bytes, log.vkey)).toEqual(closing)
  })

  it('does not believe a writer who closes the log without its key', () => {
    const forged = formatClosingEntry(closing, text => signer(closing.origin, 2).sign(text))
    expect(closingEntryOf(forged, log.vkey)).toBeUndefined()
  })

  it('does not take the closing of another log for its own', () => {
    const other = signer('log.example/0', 1)
    expect(closingEntryOf(bytes, other.vkey)).toBeUndefined()
  })

  it('refuses every changed byte, and any other bytes', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = Uint8Array.from(bytes)
        changed[at] = (changed[at] ?? 0) ^ by
        expect(closingEntryOf(changed, log.vkey)).toBeUndefined()
      }),
    )
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), any => closingEntryOf(any, log.vkey) === undefined))
  })
})
