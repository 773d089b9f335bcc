import { carriedBytesMax } from '@breakglass/verify'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { handedMax, parsePushOptions, pushOptionsMax } from './push-options.ts'

const env = (...options: (string | undefined)[]) => ({
  GIT_PUSH_OPTION_COUNT: String(options.length),
  ...Object.fromEntries(options.map((option, index) => [`GIT_PUSH_OPTION_${index}`, option])),
})

describe('push options', () => {
  it('hand over grants and receipts, each once, and leave those of others alone', () => {
    const options = ['breakglass.grant=bg1~a~b', 'ci.skip', 'breakglass.receipt=x.y.z', 'breakglass.grant=bg1~a~b']
    expect(parsePushOptions(env(...options))).toEqual({
      ok: true,
      handed: { grants: ['bg1~a~b'], receipts: ['x.y.z'] },
    })
    expect(parsePushOptions({})).toEqual({ ok: true, handed: { grants: [], receipts: [] } })
  })

  it('are a grant by themselves: what the file of an offline grant holds', () => {
    const handed = { grants: ['bg1~a~b', 'bg1~c~d'], receipts: [] }
    expect(parsePushOptions(env('bg1~a~b', 'breakglass.grant=bg1~a~b', 'bg1~c~d'))).toEqual({ ok: true, handed })
    expect(parsePushOptions(env('bg1~a b'))).toMatchObject({ ok: false })
    expect(parsePushOptions(env(`bg1~${'a'.repeat(carriedBytesMax)}`))).toMatchObject({ ok: false })
  })

  it.each([
    ['an unknown one of ours', env('breakglass.force')],
    ['one of ours in other letters', env('Breakglass.Grant=bg1~a~b')],
    ['one without a value', env('breakglass.grant')],
    ['a value with a space', env('breakglass.grant=a b')],
    ['a value that is too long', env(`breakglass.grant=${'a'.repeat(carriedBytesMax + 1)}`)],
    ['one that is missing', env(undefined)],
    ['a count that is no number', { GIT_PUSH_OPTION_COUNT: '1e3' }],
    ['a negative count', { GIT_PUSH_OPTION_COUNT: '-1' }],
    ['too many', env(...Array.from({ length: pushOptionsMax + 1 }, () => 'x'))],
    ['too many grants', env(...Array.from({ length: handedMax + 1 }, (_, i) => `breakglass.grant=${i}`))],
  ])('refuse %s', (_, given) => {
    expect(parsePushOptions(given)).toMatchObject({ ok: false })
  })

  it('never throw', () => {
    const option = fc.oneof(
      fc.string(),
      fc.string().map(text => `breakglass.${text}`),
    )
    fc.assert(fc.property(fc.array(option), options => typeof parsePushOptions(env(...options)).ok === 'boolean'))
    fc.assert(
      fc.property(fc.string(), count => typeof parsePushOptions({ GIT_PUSH_OPTION_COUNT: count }).ok === 'boolean'),
    )
  })
})
