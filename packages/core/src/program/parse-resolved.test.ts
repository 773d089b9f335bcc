import { canonicalJson, type Json } from '@breakglass/verify'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base } from '../decide/testdata/load.ts'
import { parseResolved, publishedProgram, resolvedBytesMax } from './parse-resolved.ts'

const program = base.program

describe('a resolution document', () => {
  it('is read back as it was written', () => {
    // A cast, because a parsed program is JSON by its schema, which the type does not say.
    expect(parseResolved(canonicalJson(program as unknown as Json))).toEqual({ ok: true, value: program })
  })

  it.each([
    ['another version', { ...program, v: 2 }],
    ['a member this version does not know', { ...program, extra: true }],
    ['no owner', { ...program, owners: [] }],
  ])('is refused with %s', (_, changed) => {
    expect(parseResolved(JSON.stringify(changed)).ok).toBe(false)
  })

  it('is refused when it is not JSON, or endless', () => {
    expect(parseResolved('{').ok).toBe(false)
    expect(parseResolved(' '.repeat(resolvedBytesMax + 1)).ok).toBe(false)
  })

  it('never throws, whatever comes', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => !parseResolved(text).ok))
    fc.assert(fc.property(fc.jsonValue(), value => !parseResolved(JSON.stringify(value)).ok))
  })
})

describe('a published program', () => {
  it('carries the digest it was published under', () => {
    expect(publishedProgram(program, 'sha256:00').digest).toBe('sha256:00')
  })
})
