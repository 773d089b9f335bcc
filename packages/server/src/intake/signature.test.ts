import { Buffer } from 'node:buffer'
import { createHmac } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSigned } from './signature.ts'
import { parseSecrets } from './secrets.ts'

const secret = "It's a Secret to Everybody"
const body = Buffer.from('Hello, World!')
// The example of GitHub's own documentation.
const known = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'

describe('a signature', () => {
  it('is the one that GitHub publishes', () => {
    expect(isSigned([secret], body, known)).toBe(true)
  })

  it('may be by any of the secrets, wherever it stands', () => {
    expect(isSigned(['another secret of somebody', secret], body, known)).toBe(true)
    expect(isSigned([secret, 'another secret of somebody'], body, known)).toBe(true)
    expect(isSigned(['another secret of somebody'], body, known)).toBe(false)
    expect(isSigned([], body, known)).toBe(false)
  })

  it('is of every byte of the body, and of nothing less', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (bytes, at, flip) => {
          const header = `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}`
          expect(isSigned([secret], bytes, header)).toBe(true)
          const changed = Uint8Array.from(bytes)
          changed[at % bytes.length]! ^= flip
          expect(isSigned([secret], changed, header)).toBe(false)
          expect(isSigned([secret], bytes.subarray(1), header)).toBe(false)
        },
      ),
    )
  })

  it('of any other spelling is none', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), header => !isSigned([secret], body, header)))
    for (const header of [undefined, '', known.slice(7), known.toUpperCase(), `${known}0`, `${known}\n`, ` ${known}`])
      expect(isSigned([secret], body, header)).toBe(false)
  })
})

describe('the file of secrets', () => {
  const one = 'a'.repeat(40)

  it('has one a line', () => {
    expect(parseSecrets(`${one}\r\nb${one}\n\n`)).toEqual([one, `b${one}`])
  })

  it.each([
    ['is empty', '\n'],
    ['has a short one', `${one}\nshort`],
    ['has a blank around one', ` ${one}`],
    ['has too many', `${one}\n`.repeat(11)],
  ])('is refused when it %s, without saying it', (_, text) => {
    expect(() => parseSecrets(text)).toThrow(expect.objectContaining({ code: 'usage' }))
    try {
      parseSecrets(text)
    } catch (failure) {
      expect(String(failure)).not.toContain(one)
    }
  })
})
