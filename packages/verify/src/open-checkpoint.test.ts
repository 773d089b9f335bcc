import { describe, expect, it } from 'vitest'
import { encodeBase64 } from './bytes.ts'
import { parseCheckpoint } from './checkpoint.ts'
import { parseNote } from './note.ts'
import { formatPrivateNoteKey, parsePrivateNoteKey, signNote } from './note-signer.ts'
import { openCheckpoint } from './open-checkpoint.ts'
import { parseTrustPolicy } from './policy.ts'
import { codesOf, valueOf } from './testing/check.ts'
import {
  allWitnesses,
  logOf,
  logSigner,
  noteSigner,
  origin,
  plainPolicyText,
  seedOf,
  witnessedPolicyText,
  witnesses,
} from './testing/world.ts'
import { formatVkey, parseVkey } from './vkey.ts'

const plain = valueOf(parseTrustPolicy(plainPolicyText))
const witnessed = valueOf(parseTrustPolicy(witnessedPolicyText))
const log = logOf(['a', 'b', 'c'], { cosigners: allWitnesses(1_800_000_000) })
const lines = log.note.split('\n')
const [w1, w2, w3] = witnesses.map(witness =>
  witness.cosign(log.note.slice(0, log.note.indexOf('\n\n') + 1), 1_800_000_001),
)
const signed = logOf(['a', 'b', 'c']).note
const root = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='

describe('openCheckpoint', () => {
  it('answers with what was signed and who cosigned', () => {
    const opened = valueOf(openCheckpoint(log.note, witnessed))
    expect(opened).toMatchObject({ origin, size: 3, root: log.root, note: log.note, extensions: [] })
    expect(opened.cosignatures.map(({ name }) => name)).toEqual(['w1', 'w2', 'w3'])
    expect(opened.cosignatures[0]?.timeSeconds).toBe(1_800_000_000)
  })

  it('passes over lines of unknown keys and unknown types', () => {
    const junk = `— somebody.example ${encodeBase64(new Uint8Array(100).fill(1))}\n`
    const sameName = `— ${origin} ${encodeBase64(new Uint8Array(68).fill(1))}\n`
    expect(codesOf(openCheckpoint(signed + junk + sameName + w1, plain))).toEqual([])
  })

  it('carries ML-DSA-44 keys: known, never counted', () => {
    const key = formatVkey(origin, 6, new Uint8Array(1312).fill(3))
    const policy = valueOf(
      parseTrustPolicy(`log ${key}\nwitness w ${formatVkey('w', 6, new Uint8Array(1312))}\nquorum w\n`),
    )
    const text = signed.slice(0, signed.indexOf('\n\n') + 1)
    const idBytes = new Uint8Array(2432)
    new DataView(idBytes.buffer).setUint32(0, policy.logs[0]!.key.keyId)
    const note = `${text}\n— ${origin} ${encodeBase64(idBytes)}\n`
    expect(codesOf(openCheckpoint(note, policy))).toEqual(['no_log_signature', 'no_quorum'])
  })

  it.each([
    ['no cosignature', signed, ['no_quorum']],
    ['one of two cosignatures', signed + w1, ['no_quorum']],
    ['one witness twice', signed + w1 + w1, ['no_quorum']],
    ['two cosignatures', signed + w1 + w3, []],
    ['three cosignatures', signed + w1 + w2 + w3, []],
  ])('judges %s by the quorum', (_, note, codes) => {
    expect(codesOf(openCheckpoint(note, witnessed))).toEqual(codes)
  })

  it('refuses the whole note when one known key fails, though the quorum is met', () => {
    const bad = w2!.replace(/.{12}\n$/, match => (match.startsWith('A') ? `B${match.slice(1)}` : `A${match.slice(1)}`))
    expect(codesOf(openCheckpoint(signed + w1 + w3 + bad, witnessed))).toEqual(['bad_signature'])
  })

  it('refuses a cosignature of time 0, and one moved to another time', () => {
    const text = signed.slice(0, signed.indexOf('\n\n') + 1)
    expect(codesOf(openCheckpoint(signed + w1 + w2 + witnesses[2]!.cosign(text, 0), witnessed))).toEqual([
      'bad_signature',
    ])
    const [dash, name, base64] = w1!.trimEnd().split(' ')
    const bytes = Buffer.from(base64!, 'base64')
    bytes.writeBigUInt64BE(1_800_000_002n, 4)
    const moved = `${dash} ${name} ${bytes.toString('base64')}\n`
    expect(codesOf(openCheckpoint(signed + moved + w2 + w3, witnessed))).toEqual(['bad_signature'])
  })

  it('knows a log by its key and its origin together', () => {
    const other = noteSigner('other.example/log', seedOf(30))
    expect(codesOf(openCheckpoint(logOf(['a'], { signer: other }).note, plain))).toEqual(['unknown_log'])
    // A known log's key on another log's origin, and a stranger who uses our origin.
    expect(codesOf(openCheckpoint(logOf(['a'], { origin: 'other.example/log' }).note, plain))).toEqual(['unknown_log'])
    const impostor = noteSigner(origin, seedOf(30))
    expect(codesOf(openCheckpoint(logOf(['a'], { signer: impostor }).note, plain))).toEqual(['no_log_signature'])
  })

  it('does not take one known log for another', () => {
    const other = noteSigner('other.example/log', seedOf(30))
    const both = valueOf(parseTrustPolicy(`log ${logSigner.vkey}\nlog ${other.vkey}\nquorum none\n`))
    const text = signed.slice(0, signed.indexOf('\n\n') + 1)
    expect(codesOf(openCheckpoint(signNote(text, other), both))).toEqual(['no_log_signature'])
    expect(codesOf(openCheckpoint(logOf(['a'], { signer: other }).note, both))).toEqual([])
  })

  it('refuses the empty tree with a root that is not its own', () => {
    const text = `${origin}\n0\n${encodeBase64(new Uint8Array(32))}\n`
    expect(codesOf(openCheckpoint(signNote(text, logSigner), plain))).toEqual(['bad_checkpoint'])
    expect(codesOf(openCheckpoint(signNote(`${origin}\n0\n${root}\n`, logSigner), plain))).toEqual([])
  })

  it.each([
    ['a leading zero', `${origin}\n03\n${root}\n`],
    ['a size past 2^53 - 1', `${origin}\n9007199254740992\n${root}\n`],
    ['an extension line', `${origin}\n3\n${root}\nmore\n`],
    ['a line too few', `${origin}\n3\n`],
    ['a short root', `${origin}\n3\nAAAA\n`],
    ['a root that is not canonical', `${origin}\n3\n${root.replace('U=', 'V=')}\n`],
    ['an origin with a space', `a b\n3\n${root}\n`],
    ['an origin with a plus', `a+b\n3\n${root}\n`],
    ['no origin', `\n3\n${root}\n`],
    ['no line end', `${origin}\n3\n${root}`],
  ])('refuses a checkpoint with %s', (_, text) => {
    expect(codesOf(parseCheckpoint(text))).toEqual(['bad_checkpoint'])
  })
})

describe('notes', () => {
  it('split at the last empty line', () => {
    const text = 'one\n\ntwo\n'
    const note = signNote(text, logSigner)
    const parsed = valueOf(parseNote(note))
    expect(parsed.text).toBe(text)
    expect(`${parsed.text}\n${parsed.signatures.map(({ line }) => line).join('')}`).toBe(note)
  })

  it.each([
    ['no empty line', lines.filter(line => line !== '').join('\n')],
    ['no signature', `${origin}\n3\n${root}\n\n`],
    ['a missing last line end', log.note.slice(0, -1)],
    ['a hyphen for the dash', log.note.replace('— ', '- ')],
    ['two spaces', log.note.replace('— ', '—  ')],
    ['a plus in the name', log.note.replace('— ', '— a+')],
    ['a no-break space in the name', log.note.replace('— ', '— a\u00a0b')],
    ['a carriage return', log.note.replaceAll('\n', '\r\n')],
    ['a tab', `\t${log.note}`],
    ['a lone surrogate', `\ud800${log.note}`],
    ['a short signature', 'a\n\n— name AAAAAA==\n'],
    ['base64 that is not canonical', 'a\n\n— name AAAAAAB=\n'],
    ['text after the signatures', `${log.note}more\n`],
    ['101 signatures', `a\n\n${'— name AAAAAAA=\n'.repeat(101)}`],
  ])('are refused with %s', (_, note) => {
    expect(codesOf(parseNote(note))).toEqual(['bad_note'])
  })

  it('take 100 signatures and 64 KiB, and no more', () => {
    expect(codesOf(parseNote(`a\n\n${'— name AAAAAAA=\n'.repeat(100)}`))).toEqual([])
    expect(codesOf(parseNote('€'.repeat(30_000)))).toEqual(['too_large'])
  })
})

describe('note keys', () => {
  const privateKey = formatPrivateNoteKey(origin, seedOf(4))

  it('read back, with or without a line end', () => {
    expect(valueOf(parsePrivateNoteKey(privateKey)).vkey).toBe(logSigner.vkey)
    expect(valueOf(parsePrivateNoteKey(`${privateKey}\n`)).vkey).toBe(logSigner.vkey)
    expect(formatVkey(origin, 1, valueOf(parseVkey(logSigner.vkey)).publicKey)).toBe(logSigner.vkey)
  })

  it.each([
    ['another key ID', privateKey.replace(/\+[0-9a-f]{8}\+/, '+00000000+')],
    ['another name', privateKey.replace('acme', 'evil')],
    ['a short seed', `${privateKey.slice(0, privateKey.lastIndexOf('+'))}+AQID`],
    ['no prefix', privateKey.slice(12)],
    ['nothing', ''],
    ['a second line', `${privateKey}\n\n`],
  ])('refuse a private key with %s, without showing it', (_, text) => {
    const parsed = parsePrivateNoteKey(text)
    expect(codesOf(parsed)).toEqual(['bad_vkey'])
    expect(JSON.stringify(parsed)).not.toContain(privateKey.slice(-30))
  })

  it.each([
    ['an upper-case key ID', logSigner.vkey.replace(/\+[0-9a-f]{8}\+/, match => match.toUpperCase())],
    ['another key ID', logSigner.vkey.replace(/\+[0-9a-f]{8}\+/, '+00000000+')],
    ['another name', `x${logSigner.vkey}`],
    ['no name', logSigner.vkey.slice(origin.length)],
    ['a space', ` ${logSigner.vkey}`],
    ['a key of 31 bytes', formatVkey('a', 1, new Uint8Array(31))],
    ['nothing', ''],
  ])('refuse a vkey with %s', (_, vkey) => {
    expect(codesOf(parseVkey(vkey))).toEqual(['bad_vkey'])
  })
})
