import { describe, expect, it } from 'vitest'
import { digestOf } from './digest.ts'
import { formatProgramBundle, parseProgramBundle, type ProgramBundle, verifyProgramBundle } from './program-bundle.ts'
import { codesOf, valueOf } from './testing/check.ts'
import {
  idOf,
  jsonOf,
  logged,
  programBody,
  programResolved,
  programText,
  statementOf,
  trustOf,
} from './testing/world.ts'

const trust = trustOf()
const bundleOf = (body: object = {}, parts: object = {}): ProgramBundle => {
  const statement = statementOf({
    kind: 'program.published',
    subject: idOf('pg', 1),
    body: jsonOf({ ...programBody, ...body }),
    ...parts,
  })
  return { text: programText, resolved: programResolved, statement, proof: logged(statement).proof }
}
const bundle = bundleOf()

describe('program bundles', () => {
  it('read back what was written, also when printed anew', () => {
    expect(valueOf(parseProgramBundle(formatProgramBundle(bundle)))).toEqual(bundle)
    expect(valueOf(parseProgramBundle(JSON.stringify({ ...bundle, v: 1 }, null, 2)))).toEqual(bundle)
  })

  it('verify: the program, its resolution and the index', () => {
    const verified = valueOf(verifyProgramBundle(bundle, trust))
    expect(verified).toMatchObject({ body: programBody, index: 7, resolved: programResolved })
    expect(codesOf(verifyProgramBundle(bundle, trust, { bundleIndex: 7 }))).toEqual([])
    const second = bundleOf({ version: 2, class: 'neutral', previous: digestOf('x') }, { seq: 2, prev: digestOf('y') })
    expect(codesOf(verifyProgramBundle(second, trust, { bundleIndex: 3 }))).toEqual([])
  })

  it.each([
    ['no proof', { ...bundle, proof: '' }, undefined, ['not_logged']],
    ['another text', { ...bundle, text: `${programText} ` }, undefined, ['digest_mismatch']],
    ['a text with a lone surrogate', { ...bundle, text: '\ud800' }, undefined, ['digest_mismatch']],
    ['another resolution', { ...bundle, resolved: '{}' }, undefined, ['digest_mismatch']],
    ['another length', bundleOf({ program: { ...programBody.program, length: 1 } }), undefined, ['digest_mismatch']],
    ['an older index', bundle, { bundleIndex: 8 }, ['rolled_back']],
    ['a version that is not its seq', bundleOf({ version: 2 }), undefined, ['bad_body']],
    ['an unknown member', bundleOf({ emergency: true }), undefined, ['unknown_member']],
    ['an unknown class', bundleOf({ class: 'harmless' }), undefined, ['bad_body']],
    ['another kind', bundleOf({}, { kind: 'program.proposed' }), undefined, ['wrong_kind']],
    ['another subject', bundleOf({}, { subject: idOf('g', 1) }), undefined, ['bad_envelope']],
  ])('are refused with %s', (_, given, memory, codes) => {
    expect(codesOf(verifyProgramBundle(given, trust, memory))).toEqual(codes)
  })

  it.each([
    ['another version', { ...bundle, v: 2 }, ['bad_bundle']],
    ['an unknown member', { ...bundle, v: 1, signature: '' }, ['unknown_member']],
    ['a missing member', { v: 1, text: '' }, ['bad_bundle']],
    ['a number for a text', { ...bundle, v: 1, text: 1 }, ['bad_bundle']],
    ['a null', null, ['bad_bundle']],
  ])('are not read with %s', (_, given, codes) => {
    expect(codesOf(parseProgramBundle(JSON.stringify(given)))).toEqual(codes)
  })

  it('are bounded', () => {
    expect(codesOf(parseProgramBundle(' '.repeat(5_000_000)))).toEqual(['too_large'])
    expect(() => formatProgramBundle({ ...bundle, text: 'x'.repeat(5_000_000) })).toThrow(TypeError)
    expect(() => formatProgramBundle({ ...bundle, text: '\ud800' })).toThrow(TypeError)
  })
})
