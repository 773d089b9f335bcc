import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as door from './index.ts'
import { isAnswer, valueOf } from './testing/check.ts'
import {
  grantedBody,
  grantOf,
  jsonOf,
  logged,
  logSigner,
  pointKey,
  programBody,
  programResolved,
  programText,
  question,
  receiptBody,
  repository,
  scope,
  statementOf,
  trustOf,
  witnessedPolicyText,
} from './testing/world.ts'

/** Each reader of text: a sound text to start from, and the way back where there is one. */
interface Reader {
  read(text: string): door.Parsed<unknown>
  sound: string
  /** Prints what was read; the text must be the same. */
  print?(text: string): string
}

const trust = trustOf(witnessedPolicyText)
const plainTrust = trustOf()
const sound = logged(grantOf())
const note = sound.proof.slice(sound.proof.indexOf('\n\n') + 2)
const { payloadJson, checkpointText } = {
  payloadJson: door.canonicalJson(jsonOf(valueOf(door.parseStatement(sound.jws)).envelope)),
  checkpointText: valueOf(door.parseNote(note)).text,
}
const programStatement = statementOf({ kind: 'program.published', body: jsonOf(programBody) })
const bundleText = door.formatProgramBundle({
  text: programText,
  resolved: programResolved,
  statement: programStatement,
  proof: '',
})
const receiptQuestion = { gate: scope.gate, repository, commit: receiptBody.change.commit, nowMs: question.nowMs }
const receipt = statementOf(
  { kind: 'gate.receipt', subject: 'rc_00000000000000000000000001', body: jsonOf(receiptBody) },
  { typ: 'breakglass-receipt+jws' },
)
const exported = JSON.stringify({
  v: 1,
  format: 'breakglass-export',
  organization: trust.organization,
  entries: [{ statement: sound.jws, proof: sound.proof }],
  texts: [],
})

const readers: Record<string, Reader> = {
  parseCanonicalJson: {
    read: text => door.parseCanonicalJson(text),
    sound: payloadJson,
    print: text => door.canonicalJson(valueOf(door.parseCanonicalJson(text))),
  },
  parseStatement: {
    read: door.parseStatement,
    sound: sound.jws,
    print: text => valueOf(door.parseStatement(text)).jws,
  },
  parseNote: { read: door.parseNote, sound: note, print: printNote },
  parseCheckpoint: {
    read: door.parseCheckpoint,
    sound: checkpointText,
    print: text => door.formatCheckpoint(valueOf(door.parseCheckpoint(text))),
  },
  parseTlogProof: {
    read: door.parseTlogProof,
    sound: sound.proof,
    print: text => door.formatTlogProof(valueOf(door.parseTlogProof(text))),
  },
  parseVkey: { read: door.parseVkey, sound: logSigner.vkey, print: printVkey },
  parsePrivateNoteKey: {
    read: door.parsePrivateNoteKey,
    sound: door.formatPrivateNoteKey('a.example', new Uint8Array(32)),
  },
  parseTrustPolicy: { read: door.parseTrustPolicy, sound: witnessedPolicyText },
  parseTrust: { read: door.parseTrust, sound: door.formatTrust(trust) },
  parseTilePath: { read: door.parseTilePath, sound: door.tilePath(1, 1234, 17), print: printTilePath },
  parseCarried: {
    read: door.parseCarried,
    sound: door.formatCarried(sound),
    print: text => door.formatCarried(valueOf(door.parseCarried(text))),
  },
  parseProgramBundle: { read: door.parseProgramBundle, sound: bundleText },
  openCheckpoint: { read: text => door.openCheckpoint(text, trust.policy), sound: note },
  verifyReceipt: { read: text => door.verifyReceipt(text, trust, receiptQuestion), sound: receipt },
  verifyReport: {
    read: text =>
      door.verifyReport(text, { id: scope.at, kid: pointKey.kid, key: pointKey.publicKey }, trust.organization),
    sound: receipt,
  },
  verifyExport: { read: text => door.verifyExport(text, plainTrust), sound: exported },
  'verifyGrant of a statement': {
    read: text => door.verifyGrant({ ...sound, jws: text }, plainTrust, question),
    sound: sound.jws,
  },
  'verifyGrant of a proof': {
    read: text => door.verifyGrant({ ...sound, proof: text }, plainTrust, question),
    sound: sound.proof,
  },
  'verifyStatement of a proof': {
    read: text => door.verifyStatement({ ...sound, proof: text }, trust),
    sound: sound.proof,
  },
  'verifyProgramBundle of a statement': {
    read: text =>
      door.verifyProgramBundle({ text, resolved: text, statement: text, proof: text }, trust, { bundleIndex: 3 }),
    sound: programStatement,
  },
}

function printNote(text: string): string {
  const { text: body, signatures } = valueOf(door.parseNote(text))
  return `${body}\n${signatures.map(({ line }) => line).join('')}`
}

function printVkey(text: string): string {
  const { name, type, publicKey } = valueOf(door.parseVkey(text))
  return door.formatVkey(name, type, publicKey)
}

function printTilePath(text: string): string {
  const { level, index, width } = valueOf(door.parseTilePath(text))
  return door.tilePath(level, index, width)
}

const pieces = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom(
    '\n',
    '\n\n',
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    '.',
    '~',
    '=',
    '+',
    '-0',
    '1e9',
    'null',
    '\ud800',
    '\0',
    '— ',
    ' ',
    '\u2028',
  ),
  fc.constantFrom('"__proto__":1,', '"constructor":', '9'.repeat(400), '['.repeat(50), 'é', '\ufeff', '%00', '//'),
)

/** A sound text with a few pieces cut out, doubled, replaced or put in. */
function mutationsOf(sound: string): fc.Arbitrary<string> {
  const edit = fc.record({ at: fc.nat(sound.length), cut: fc.nat(12), put: pieces, copy: fc.boolean() })
  return fc.array(edit, { minLength: 1, maxLength: 4 }).map(edits => {
    return edits.reduce((text, { at, cut, put, copy }) => {
      return text.slice(0, at) + put + (copy ? text.slice(at, at + cut).repeat(2) : '') + text.slice(at + cut)
    }, sound)
  })
}

const huge = [
  '['.repeat(200_000),
  '{"a":'.repeat(100_000),
  `${'['.repeat(5000)}${']'.repeat(5000)}`,
  'A'.repeat(1_000_000),
  '\n'.repeat(1_000_000),
  '"'.repeat(300_001),
  '\\'.repeat(300_000),
  `{"a":"${'\\"'.repeat(100_000)}"}`,
  '.'.repeat(24_000),
  '~'.repeat(40_000),
  '+'.repeat(4_000),
  `a\n\n${'— a AAAAAAA=\n'.repeat(4_000)}`,
  ' '.repeat(262_000),
  '',
]

describe.each(Object.entries(readers))('%s', (_, { read, sound, print }) => {
  const check = (text: string): void => {
    const parsed = read(text)
    expect(isAnswer(parsed)).toBe(true)
    if (parsed.ok && print !== undefined) expect(print(text)).toBe(text)
  }

  it('answers to any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), check), { numRuns: 100 })
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 30 }).map(list => list.join('')),
        check,
      ),
      { numRuns: 100 },
    )
  })

  it('answers to a sound text that was changed', () => {
    fc.assert(fc.property(mutationsOf(sound), check), { numRuns: 250 })
  })

  it('answers to every sound text that was cut off', () => {
    for (let length = 0; length <= sound.length; length += Math.max(1, Math.floor(sound.length / 200)))
      check(sound.slice(0, length))
    check(sound)
  })

  it('answers to huge and deep texts', () => {
    for (const text of huge) check(text)
  })
})

describe('readers of bytes and values', () => {
  const json = fc.letrec<{ value: door.Json }>(tie => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      fc.double(),
      fc.boolean(),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('scope', 'change', 'commit', 'digest', '__proto__', 'x'), tie('value'), {
        maxKeys: 5,
      }),
    ),
  })).value
  const bodies = [
    door.parseGrantedBody,
    door.parseScope,
    door.parseProgramPublishedBody,
    door.parseWaiverGrantedBody,
    door.parsePassedUnavailableBody,
    door.parseReceiptBody,
  ]

  it('answer to any entry bundle, and print what they read', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), bytes => {
        const parsed = door.parseBundle(bytes)
        expect(isAnswer(parsed)).toBe(true)
        if (parsed.ok) expect(door.formatBundle(parsed.value)).toEqual(bytes)
      }),
    )
  })

  it('answer to any body', () => {
    fc.assert(
      fc.property(json, value => {
        for (const parse of bodies) expect(isAnswer(parse(value))).toBe(true)
      }),
    )
  })

  it('answer to a body in which one member is something else', () => {
    const paths = Object.keys(grantedBody)
    fc.assert(
      fc.property(fc.constantFrom(...paths), json, (name, value) => {
        const parsed = door.parseGrantedBody({ ...jsonOf(grantedBody), [name]: value })
        expect(isAnswer(parsed)).toBe(true)
      }),
    )
  })

  it('refuse any key and signature that are not a pair', () => {
    const bytes = fc.uint8Array({ maxLength: 70 })
    fc.assert(
      fc.property(bytes, bytes, bytes, (key, message, signature) => {
        expect(door.verifyEd25519(key, message, signature)).toBe(false)
      }),
    )
  })
})
