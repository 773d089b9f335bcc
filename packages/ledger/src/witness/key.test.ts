import { cosignerFromSeed } from '@breakglass/verify'
import { describe, expect, it } from 'vitest'
import { formatCosignerKey, parseCosignerKey } from './key.ts'

const seed = new Uint8Array(32).fill(9)
const key = formatCosignerKey('witness.example/1', seed)

describe('a cosigner key', () => {
  it('reads back as the same cosigner', () => {
    expect(parseCosignerKey(`${key}\n`)?.vkey).toBe(cosignerFromSeed('witness.example/1', seed).vkey)
    expect(key).toMatch(/^PRIVATE\+KEY\+witness\.example\/1\+[0-9a-f]{8}\+BAk/)
  })

  it.each([
    ['no line end', key],
    ['another key ID', `${key.replace(/\+[0-9a-f]{8}\+/, '+00000000+')}\n`],
    ['another name', `${key.replace('witness', 'another')}\n`],
    ['the type of a log key', `${key.replace('+BAk', '+AQk')}\n`],
    ['a short seed', `${key.slice(0, -4)}\n`],
    ['nothing', ''],
    ['no prefix', `${key.slice(12)}\n`],
    ['a second line', `${key}\n\n`],
  ])('is refused with %s', (_, text) => {
    expect(parseCosignerKey(text)).toBeUndefined()
  })
})
