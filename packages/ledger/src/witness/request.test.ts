import { encodeBase64, encodeUtf8 } from '@breakglass/verify'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatAddCheckpoint, parseAddCheckpoint, proofLinesMax, requestBytesMax } from './request.ts'
import { forkedLog } from './testing/forked-log.ts'

const log = forkedLog()
const note = log.checkpoint(7)
const sound = formatAddCheckpoint(3, log.proof(3, 7), note)
const hash = encodeBase64(new Uint8Array(32).fill(7))

const parse = (text: string) => parseAddCheckpoint(encodeUtf8(text))

describe('an add-checkpoint request', () => {
  it('reads back what was asked', () => {
    const parsed = parse(sound)
    expect(parsed).toMatchObject({ ok: true, value: { oldSize: 3, proof: log.proof(3, 7), note } })
    expect(parsed.ok && parsed.value.checkpoint).toMatchObject({ origin: log.signer.name, size: 7, root: log.root(7) })
  })

  it('has the form of the specification', () => {
    expect(formatAddCheckpoint(3, [new Uint8Array(32).fill(7)], note)).toBe(`old 3\n${hash}\n\n${note}`)
    expect(formatAddCheckpoint(0, [], note)).toBe(`old 0\n\n${note}`)
  })

  it('is taken with as many proof lines as there may be', () => {
    expect(parse(`old 3\n${`${hash}\n`.repeat(proofLinesMax)}\n${note}`).ok).toBe(true)
  })

  it.each([
    ['nothing', ''],
    ['no old line', `\n${note}`],
    ['a leading zero', `old 03\n\n${note}`],
    ['a sign', `old +3\n\n${note}`],
    ['two spaces', `old  3\n\n${note}`],
    ['no size', `old \n\n${note}`],
    ['a size past 2^53 - 1', `old 9007199254740992\n\n${note}`],
    ['a carriage return', `old 3\r\n\n${note}`],
    ['64 proof lines', `old 3\n${`${hash}\n`.repeat(proofLinesMax + 1)}\n${note}`],
    ['a hash of 31 bytes', `old 3\n${encodeBase64(new Uint8Array(31))}\n\n${note}`],
    ['a hash that is not canonical', `old 3\n${hash.slice(0, -2)}d=\n\n${note}`],
    [
      'a hash in the other alphabet',
      `old 3\n${encodeBase64(new Uint8Array(32).fill(255)).replaceAll('/', '_')}\n\n${note}`,
    ],
    ['no empty line', `old 3\n${note.replaceAll('\n\n', '\n')}`],
    ['no checkpoint', 'old 3\n\n'],
    ['no signature', `old 3\n\n${note.slice(0, note.indexOf('\n\n') + 2)}`],
    ['an extension line', `old 3\n\n${note.replace('\n\n', '\nmore\n\n')}`],
  ])('is refused with %s', (_, text) => {
    expect(parse(text).ok).toBe(false)
  })

  it('is refused when it is no UTF-8 or too large', () => {
    expect(parseAddCheckpoint(Uint8Array.of(...encodeUtf8(sound), 0xff)).ok).toBe(false)
    expect(parseAddCheckpoint(new Uint8Array(requestBytesMax + 1)).ok).toBe(false)
  })

  it('never throws, and what it takes prints back the same', () => {
    const piece = fc.oneof(
      fc.constantFrom('old ', '3', '0', '\n', '\n\n', hash, note, '— ', ' ', '+', '\0'),
      fc.string(),
    )
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.array(piece, { maxLength: 12 }).map(pieces => encodeUtf8(pieces.join(''))),
      // One byte of a sound request changed, or a piece of it left out.
      fc
        .tuple(fc.nat(sound.length), fc.integer({ min: 0, max: 255 }))
        .map(([at, byte]) => encodeUtf8(sound).with(at, byte)),
      fc
        .tuple(fc.nat(sound.length), fc.nat(20))
        .map(([at, length]) => encodeUtf8(sound.slice(0, at) + sound.slice(at + length))),
    )
    fc.assert(
      fc.property(bytes, body => {
        const parsed = parseAddCheckpoint(body)
        if (!parsed.ok) return
        const { oldSize, proof, note } = parsed.value
        expect(encodeUtf8(formatAddCheckpoint(oldSize, proof, note))).toEqual(new Uint8Array(body))
      }),
      { numRuns: 2000 },
    )
  })
})
