import { describe, expect, it } from 'vitest'
import { encodeBase64url } from './bytes.ts'
import type { JsonObject } from './canonical-json.ts'
import { commitmentOf, type Digest, digestOf } from './digest.ts'
import { verifyExport } from './export.ts'
import type { Logged } from './judge.ts'
import { leafHash } from './statement.ts'
import { codesOf, valueOf } from './testing/check.ts'
import { grantOf, idOf, justification, logOf, neighbours, organization, statementOf, trustOf } from './testing/world.ts'

const trust = trustOf()
const said = (seq: number, prev: Digest | undefined, body: JsonObject = {}): string => {
  const kind = seq === 1 ? 'review.opened' : 'review.answered'
  return statementOf({
    kind,
    sid: idOf('s', 50 + seq),
    subject: idOf('rv', 1),
    seq,
    body,
    ...(prev === undefined ? {} : { prev }),
  })
}
const first = said(1, undefined, { note: commitmentOf(justification.salt, justification.text) })
const second = said(2, leafHash(first))
const third = said(3, leafHash(second), { report: { digest: digestOf('the report'), length: 10 } })
const grant = grantOf()
const chain = logOf([first, ...neighbours, grant, second, third]).logged
const [at1, at2, at3] = [chain[0]!, chain[13]!, chain[14]!]
const granted = chain[12]!
const sealed = {
  commit: commitmentOf(justification.salt, justification.text).commit,
  salt: encodeBase64url(justification.salt),
  text: justification.text,
}

function exportOf(entries: Logged[], more: object = {}): string {
  const listed = entries.map(({ jws, proof }) => ({ statement: jws, proof }))
  return JSON.stringify({ v: 1, format: 'breakglass-export', organization, entries: listed, ...more }, null, 1)
}

const remarks = (text: string): string[] =>
  valueOf(verifyExport(text, trust)).faults.map(({ code, at }) => `${code} ${at}`)

describe('verifyExport', () => {
  it('says what each entry is, and which it understands', () => {
    const verdict = valueOf(verifyExport(exportOf([at1, granted, at2, at3]), trust))
    expect(verdict.faults).toEqual([])
    expect(verdict.entries.map(({ kind, seq, index, understood }) => [kind, seq, index, understood])).toEqual([
      ['review.opened', 1, 0, false],
      ['glass.granted', 1, 12, true],
      ['review.answered', 2, 13, false],
      ['review.answered', 3, 14, false],
    ])
  })

  it('tells texts that are there from erased and altered ones', () => {
    const states = (more: object): string[][] => {
      return valueOf(verifyExport(exportOf([at1, at3], more), trust)).texts.map(({ path, state }) => [path, state])
    }
    const document = { digest: digestOf('the report'), text: 'the report' }
    expect(states({})).toEqual([
      ['entries[0].body.note', 'erased'],
      ['entries[1].body.report', 'erased'],
    ])
    expect(states({ texts: [sealed], documents: [document] }).map(([, state]) => state)).toEqual(['present', 'present'])
    expect(states({ texts: [{ ...sealed, text: 'Nothing.' }] })[0]?.[1]).toBe('altered')
    expect(states({ texts: [{ ...sealed, salt: encodeBase64url(new Uint8Array(16)) }] })[0]?.[1]).toBe('altered')
    expect(states({ documents: [{ ...document, text: 'the rep0rt' }] })[1]?.[1]).toBe('altered')
    expect(remarks(exportOf([at1], { texts: [{ ...sealed, text: 'Nothing.' }] }))).toEqual([
      'altered_text entries[0].body.note',
    ])
  })

  it('does not take a commit of the repository for a commitment', () => {
    const change = { commit: digestOf('a commit of sha256') }
    const jws = statementOf({ kind: 'glass.used', body: { change } })
    expect(valueOf(verifyExport(exportOf(logOf([jws]).logged), trust)).texts).toEqual([])
  })

  it.each([
    ['nothing', exportOf([]), []],
    ['a part of a chain', exportOf([at1, at3]), []],
    ['a chain in another order', exportOf([at3, at1, at2]), []],
    ['the same entry twice', exportOf([at1, at1]), []],
    ['members it does not know', exportOf([at1], { note: null, more: { deep: [1.5] } }), []],
    ['an entry without proof', exportOf([{ ...at1, proof: '' }]), ['not_logged entries[0].proof']],
    ['the proof of another entry', exportOf([at1, { ...at2, proof: at3.proof }]), ['not_included entries[1].proof']],
    ['another predecessor', broken(said(2, digestOf('another'))), ['broken_chain entries[1].statement.prev']],
    ['two of one seq', broken(said(1, undefined, { other: 1 })), ['broken_chain entries[1].statement.seq']],
    ['a later seq before an earlier', swapped(), ['broken_chain entries[0].proof.index']],
    ['two trees of one size', forked(), ['bad_checkpoint entries[1].proof.checkpoint']],
    [
      'a grant with a member too many',
      exportOf(logOf([grantOf({ body: { forever: true } })]).logged),
      ['unknown_member entries[0].body'],
    ],
  ])('judges %s', (_, text, expected) => {
    expect(remarks(text)).toEqual(expected)
  })

  it('leaves entries that do not verify out of the list', () => {
    const verdict = valueOf(verifyExport(exportOf([at1, { ...granted, proof: '' }]), trust))
    expect(verdict.entries.map(({ kind }) => kind)).toEqual(['review.opened'])
  })

  it.each([
    ['another format', exportOf([], { format: 'x' }), ['bad_export']],
    ['another version', exportOf([], { v: 2 }), ['bad_export']],
    ['another organisation', exportOf([], { organization: idOf('o', 2) }), ['wrong_organization']],
    ['entries that are none', exportOf([], { entries: {} }), ['bad_export']],
    ['an entry that is a text', exportOf([], { entries: ['x'] }), ['bad_export']],
    ['a short salt', exportOf([], { texts: [{ ...sealed, salt: 'AAAA' }] }), ['bad_export']],
    ['a member twice', exportOf([]).replace('"v": 1,', '"v": 1, "v": 1,'), ['bad_export']],
    ['text that is no JSON', 'breakglass', ['bad_export']],
  ])('does not read %s', (_, text, codes) => {
    expect(codesOf(verifyExport(text, trust))).toEqual(codes)
  })
})

function broken(next: string): string {
  const log = logOf([first, next]).logged
  return exportOf(log)
}

function swapped(): string {
  const [later, earlier] = logOf([second, first]).logged
  return exportOf([later!, earlier!])
}

function forked(): string {
  const one = logOf([neighbours[0]!, neighbours[1]!]).logged[0]!
  const other = logOf([neighbours[2]!, neighbours[3]!]).logged[1]!
  return exportOf([one, other])
}
