import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isRefName, parseRefLines, refLinesBytesMax, refUpdatesMax } from './ref-lines.ts'

const a = 'a'.repeat(40)
const b = 'b'.repeat(40)
const zero = '0'.repeat(40)
const parse = (text: string) => parseRefLines(Buffer.from(text))

describe('ref lines', () => {
  it('say what is created, moved and deleted', () => {
    const parsed = parse(`${zero} ${a} refs/heads/new\n${a} ${b} refs/heads/main\n${b} ${zero} refs/heads/old\n`)
    expect(parsed).toEqual({
      ok: true,
      updates: [
        { ref: 'refs/heads/new', new: `sha1:${a}` },
        { ref: 'refs/heads/main', old: `sha1:${a}`, new: `sha1:${b}` },
        { ref: 'refs/heads/old', old: `sha1:${b}` },
      ],
    })
  })

  it('may be of SHA-256, and may be none at all', () => {
    expect(parse(`${'0'.repeat(64)} ${'c'.repeat(64)} refs/heads/main\n`)).toMatchObject({
      updates: [{ new: `sha256:${'c'.repeat(64)}` }],
    })
    expect(parse('')).toEqual({ ok: true, updates: [] })
  })

  it.each([
    ['no end of line', `${zero} ${a} refs/heads/main`],
    ['a carriage return', `${zero} ${a} refs/heads/main\r\n`],
    ['two spaces', `${zero}  ${a} refs/heads/main\n`],
    ['upper-case hex', `${zero} ${a.toUpperCase()} refs/heads/main\n`],
    ['hashes of two kinds', `${zero} ${'c'.repeat(64)} refs/heads/main\n`],
    ['a name outside refs/', `${zero} ${a} heads/main\n`],
    ['a path that climbs', `${zero} ${a} refs/heads/../main\n`],
    ['a control character', `${zero} ${a} refs/heads/ma\u0007in\n`],
    ['a mark that turns writing round', `${zero} ${a} refs/heads/ma\u202ein\n`],
    ['one ref twice', `${zero} ${a} refs/heads/main\n${zero} ${b} refs/heads/main\n`],
    ['an empty line', `\n`],
    ['a name that is too long', `${zero} ${a} refs/heads/${'x'.repeat(250)}\n`],
  ])('refuses %s', (_, text) => {
    expect(parse(text)).toMatchObject({ ok: false })
  })

  it('refuses bytes that are no UTF-8, and too much of anything', () => {
    expect(parseRefLines(Buffer.concat([Buffer.from(`${zero} ${a} refs/heads/`), Buffer.from([0xff, 0x0a])])).ok).toBe(
      false,
    )
    expect(parseRefLines(new Uint8Array(refLinesBytesMax + 1)).ok).toBe(false)
    const lines = Array.from({ length: refUpdatesMax + 1 }, (_, i) => `${zero} ${a} refs/heads/b${i}\n`)
    expect(parse(lines.join('')).ok).toBe(false)
  })

  it('never throws, and what it takes it can spell again', () => {
    const hex = fc.constantFrom(zero, a, b)
    const line = fc.tuple(
      hex,
      hex,
      fc.oneof(fc.constant('refs/heads/main'), fc.string({ unit: 'binary', maxLength: 30 })),
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(line).map(lines => lines.map(([old, tip, ref]) => `${old} ${tip} ${ref}\n`).join('')),
    )
    fc.assert(
      fc.property(text, given => {
        const parsed = parse(given)
        if (!parsed.ok) {
          expect(parsed.words).not.toBe('')
          return
        }
        const spelled = parsed.updates.map(
          ({ ref, old, new: tip }) => `${old?.slice(5) ?? zero} ${tip?.slice(5) ?? zero} ${ref}\n`,
        )
        expect(spelled.join('')).toBe(given)
      }),
    )
    fc.assert(fc.property(fc.uint8Array(), bytes => typeof parseRefLines(bytes).ok === 'boolean'))
  })

  it('takes the names that git takes', () => {
    expect(isRefName('refs/heads/release/2026.11')).toBe(true)
    expect(isRefName('refs/heads/größe')).toBe(true)
    expect(isRefName('HEAD')).toBe(true)
    expect(['refs/', 'refs/heads/', 'refs/heads/.x', 'refs/heads/x.lock', 'FETCH_HEAD', '-x'].map(isRefName)).toEqual(
      Array.from({ length: 6 }, () => false),
    )
  })
})
