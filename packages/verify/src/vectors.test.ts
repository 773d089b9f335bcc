import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { makeVectors } from '../../../vectors/make.ts'
import { decodeBase64url, encodeBase64url, encodeHex, encodeUtf8 } from './bytes.ts'
import { parseCanonicalJson } from './canonical-json.ts'
import { parseCarried } from './carried.ts'
import { signerFromSeed, thumbprint, verifyEd25519 } from './ed25519.ts'
import { verifyExport } from './export.ts'
import { parseNote, verifyNoteSignatures } from './note.ts'
import { openCheckpoint } from './open-checkpoint.ts'
import { parseTrustPolicy } from './policy.ts'
import { formatProgramBundle, parseProgramBundle, verifyProgramBundle } from './program-bundle.ts'
import { verifyReport } from './report.ts'
import { codesOf, valueOf } from './testing/check.ts'
import { rootOf } from './tree.ts'
import { hashLeaf } from './tree-hash.ts'
import { formatTrust, parseTrust } from './trust.ts'
import { verifyGrant } from './verify-grant.ts'
import { verifyReceipt } from './verify-receipt.ts'
import { formatKeyId, parseVkey } from './vkey.ts'

const folder = new URL('../../../vectors/', import.meta.url)
const text = (name: string): string => readFileSync(new URL(name, folder), 'utf8')
// Data files of this repository: their shape is what the tests below say.
const json = (name: string) => JSON.parse(text(name))
const notes: { source: string; vkey: string; keyId: string; note: string }[] = json('signed-note.json')

describe('vectors of others', () => {
  it('RFC 8037 appendix A: key, thumbprint, signature', () => {
    const vector = json('ed25519.json')
    const signer = signerFromSeed(decodeBase64url(vector.seed)!)
    const publicKey = decodeBase64url(vector.publicKey)!
    expect(signer.publicKey).toEqual(publicKey)
    expect(thumbprint(publicKey)).toBe(vector.thumbprint)
    expect(signer.kid).toBe(vector.thumbprint)
    const input = encodeUtf8(vector.signingInput)
    expect(encodeBase64url(signer.sign(input))).toBe(vector.signature)
    expect(verifyEd25519(publicKey, input, decodeBase64url(vector.signature)!)).toBe(true)
    expect(verifyEd25519(publicKey, encodeUtf8(`${vector.signingInput}.`), decodeBase64url(vector.signature)!)).toBe(
      false,
    )
  })

  it.each(notes)('$source', vector => {
    const key = valueOf(parseVkey(vector.vkey))
    expect(formatKeyId(key.keyId)).toBe(vector.keyId)
    const { verified, faults } = verifyNoteSignatures(valueOf(parseNote(vector.note)), [key])
    expect(faults).toEqual([])
    expect(verified).toEqual([{ key }])
  })

  it('the roots of the eight leaves', () => {
    const vector = json('merkle.json')
    const leaves: Uint8Array[] = vector.leaves.map((hex: string) => hashLeaf(new Uint8Array(Buffer.from(hex, 'hex'))))
    for (const [size, root] of vector.roots.entries()) expect(encodeHex(rootOf(leaves.slice(0, size)))).toBe(root)
  })

  it('a public checkpoint with four cosignatures and a line of another type', () => {
    const vector = json('checkpoint.json')
    const opened = valueOf(openCheckpoint(vector.note, valueOf(parseTrustPolicy(vector.policy))))
    expect(opened.size).toBe(vector.size)
    expect(opened.cosignatures.map(({ timeSeconds }) => timeSeconds)).toEqual(
      Array.from({ length: 4 }, () => vector.cosignedAtSeconds),
    )
    const changed = vector.note.replace('1432088532', '1432088533')
    expect(codesOf(openCheckpoint(changed, valueOf(parseTrustPolicy(vector.policy))))).toContain('bad_signature')
  })
})

describe('canonical JSON vectors', () => {
  const { accepted, refused }: { accepted: string[]; refused: { text: string; code: string }[] } =
    json('canonical-json.json')

  it.each(accepted)('accepts %s', text => {
    expect(codesOf(parseCanonicalJson(text))).toEqual([])
  })

  it.each(refused)('refuses $text as $code', ({ text, code }) => {
    expect(codesOf(parseCanonicalJson(text))).toEqual([code])
  })
})

describe('our own vectors', () => {
  const trust = valueOf(parseTrust(text('made/trust.json')))
  const { question, index, leaf } = json('made/grant.json')

  it('are made again byte for byte, and nothing else lies beside them', () => {
    const made = makeVectors()
    for (const [name, expected] of made) expect(text(`made/${name}`), name).toBe(expected)
    expect(readdirSync(new URL('made/', folder)).sort()).toEqual([...made.keys()].sort())
  })

  it('verify', () => {
    const logged = valueOf(parseCarried(text('made/grant.carried')))
    expect(logged).toEqual({ jws: text('made/grant.jws'), proof: text('made/grant.tlog-proof') })
    expect(valueOf(verifyGrant(logged, trust, question))).toMatchObject({ index, leaf })
    const receiptQuestion = { ...question, commit: question.change.commit }
    expect(valueOf(verifyReceipt(text('made/receipt.jws'), trust, receiptQuestion)).receipt.result).toBe('pass')
    expect(codesOf(verifyProgramBundle(valueOf(parseProgramBundle(text('made/bundle.json'))), trust))).toEqual([])
    expect(codesOf(verifyReport(text('made/report.jws'), trust.points[0]!, trust.organization))).toEqual([])
    expect(valueOf(verifyExport(text('made/export.json'), trust)).faults).toEqual([])
  })

  it('are printed as they were read', () => {
    expect(formatTrust(trust)).toBe(text('made/trust.json'))
    expect(formatProgramBundle(valueOf(parseProgramBundle(text('made/bundle.json'))))).toBe(text('made/bundle.json'))
  })
})
