import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { entryFrame, hostnameOf } from './syslog-message.ts'

const header = { facility: 13, hostname: 'host', processId: 7, atMs: 1_767_225_600_000 }
const frameOf = (bytes: Uint8Array): string => entryFrame(header, { origin: 'log.example/ü', index: 3, bytes }, 2048)
const messageIn = (frame: string): string => frame.slice(frame.indexOf(' ') + 1)
const jsonIn = (frame: string): Record<string, unknown> => JSON.parse(frame.slice(frame.indexOf('{')))

describe('a syslog frame', () => {
  it('counts its octets and holds printable ASCII only, whatever the entry is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 3000 }), bytes => {
        const frame = frameOf(bytes)
        expect(frame).toMatch(/^[\x20-\x7e]+$/)
        expect(Number(frame.slice(0, frame.indexOf(' ')))).toBe(Buffer.byteLength(messageIn(frame)))
        expect(messageIn(frame).length).toBeLessThanOrEqual(2048)
        expect(jsonIn(frame)).toMatchObject({ kind: 'entry', index: 3, origin: 'log.example/ü', length: bytes.length })
      }),
    )
  })

  it('gives text back as it was, and nothing in it can begin another message', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), text => {
        const hostile = `${text}\n<13>1 - - - - - -\u0000\u2028`
        expect(jsonIn(frameOf(Buffer.from(hostile)))['text']).toBe(hostile)
      }),
    )
  })

  it('has the header of RFC 5424', () => {
    expect(messageIn(frameOf(Buffer.from('x')))).toMatch(
      /^<109>1 2026-01-01T00:00:00\.000Z host breakglass-ledger 7 entry - \{/,
    )
  })

  it('says the digest of what does not fit or is no text', () => {
    for (const bytes of [new Uint8Array(3000).fill(65), Uint8Array.of(0xff, 0xfe)]) {
      const said = jsonIn(frameOf(bytes))
      expect(said['text']).toBeUndefined()
      expect(said['digest']).toMatch(/^sha256:[0-9a-f]{64}$/)
    }
  })
})

it('makes any host name printable', () => {
  expect(hostnameOf('a b\n<ü')).toBe('ab<')
  expect(hostnameOf('ü')).toBe('-')
})
