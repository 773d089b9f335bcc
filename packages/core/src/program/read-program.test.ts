import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseProgram, type ProgramReading } from './parse.ts'
import { resolveProgram } from './resolve.ts'
import { formatResolved, parseResolvedProgram } from './resolved-text.ts'

const example = (path: string) => readFileSync(new URL(`../../../../examples/${path}`, import.meta.url), 'utf8')
const files = {
  'calendars/de-be.yaml': example('calendars/de-be.yaml'),
  'gates/platform.yaml': example('gates/platform.yaml'),
}
const text = example('breakglass.yaml')
const digest = `sha256:${'a'.repeat(64)}`
const read = (changed: string): ProgramReading => parseProgram({ file: 'breakglass.yaml', text: changed, files })
const repositories = [
  { id: { forge: 'git', host: 'git.acme.example', id: 'r_1' }, name: 'acme/payments', properties: { tier: '1' } },
]

describe('the example program', () => {
  it('is read, resolved, and spelt so that it reads back the same', () => {
    const reading = read(text)
    expect(reading).toMatchObject({ ok: true })
    if (!reading.ok) return
    const resolution = resolveProgram(reading.source, { repositories })
    expect(resolution).toMatchObject({ ok: true })
    if (!resolution.ok) return
    const spelt = formatResolved(resolution.resolved)
    const published = parseResolvedProgram(spelt, digest)
    expect(formatResolved(published.program)).toBe(spelt)
    expect(published.digest).toBe(digest)
    const ids = Object.values(published.program.gates).flatMap(gate => gate.on.repositories.map(({ id }) => id.id))
    expect(ids).toContain('r_1')
  })
})

describe('a program file', () => {
  it.each([
    ['an unknown key', `${text}\nsurprise: 1\n`],
    ['a key twice', `${text}\norganization: other\n`],
    ['two documents', `${text}\n---\norganization: other\n`],
    ['an alias', 'organization: &a acme\ntimezone: *a\n'],
    ['no YAML', ': : :\n\t- ['],
    ['nothing', ''],
  ])('with %s is refused, with a place', (_, changed) => {
    const reading = read(changed)
    expect(reading.ok).toBe(false)
    if (reading.ok) return
    expect(reading.remarks.length).toBeGreaterThan(0)
    const lines = changed.split('\n').length
    for (const remark of reading.remarks) {
      expect(remark.line).toBeGreaterThanOrEqual(1)
      expect(remark.line).toBeLessThanOrEqual(lines)
      expect(remark.remedy).not.toBe('')
    }
  })

  it('never throws, whatever stands in it', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), value => typeof read(value).ok === 'boolean'))
    const cut = fc.tuple(fc.nat(text.length), fc.nat(40), fc.string({ maxLength: 8 }))
    fc.assert(
      fc.property(
        cut,
        ([at, length, put]) => typeof read(text.slice(0, at) + put + text.slice(at + length)).ok === 'boolean',
      ),
      { numRuns: 200 },
    )
  })
})

describe('a resolution', () => {
  it.each(['', '{', '{"v":2}', '[]', ' {}'])('is refused when it is %j', spelt => {
    expect(() => parseResolvedProgram(spelt, digest)).toThrow(expect.objectContaining({ code: 'bad_program' }))
  })
})
