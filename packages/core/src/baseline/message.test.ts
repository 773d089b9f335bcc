import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readMessage } from './message.ts'

const wanted = new Set(['no-try', 'notry', 'tbr', 'reviewed-by'])
const footersOf = (body: string) => Object.fromEntries(readMessage(`subject\n${body}`, wanted).footers)

describe('a message', () => {
  it.each([
    ['No-Try: true', { 'no-try': ['true'] }],
    ['no-try: true', { 'no-try': ['true'] }],
    ['NOTRY=true', { notry: ['true'] }],
    ['NOTRY=true\r', { notry: ['true'] }],
    ['TBR=a, b  ', { tbr: ['a, b'] }],
    ['TBR:a', { tbr: ['a'] }],
    ['TBR=', { tbr: [''] }],
    ['TBR=a=b:c', { tbr: ['a=b:c'] }],
    ['prose first\n\nTBR=a\nmore prose\nTBR: b', { tbr: ['a', 'b'] }],
    ['No-Try: true\n\nLast words.', { 'no-try': ['true'] }],
  ])('has the footer in %j', (body, expected) => {
    expect(footersOf(body)).toEqual(expected)
  })

  it.each([
    [' No-Try: true'],
    ['> NOTRY=true'],
    ['see No-Try: true'],
    ['No-Try true'],
    ['No Try: true'],
    ['XNo-Try: true'],
    ['No-Try : true'],
    ['-No-Try: true'],
    [`${'N'.repeat(70)}: true`],
  ])('has none in %j', body => {
    expect(footersOf(body)).toEqual({})
  })

  it.each(['\n\nRevert it\n\nNOTRY=true', '  \n\t\r\nRevert it\nNOTRY=true'])(
    'begins with its first line that is not blank: %j',
    text => {
      const { subject, footers } = readMessage(text, wanted)
      expect([subject, footers.get('notry')]).toEqual(['Revert it', ['true']])
    },
  )

  it.each(['', '\n', ' \n\n'])('may be blank: %j', text => {
    expect(readMessage(text, wanted)).toEqual({ subject: '', footers: new Map() })
  })

  it('has none in its subject, and a subject without what ends the line', () => {
    const { subject, footers } = readMessage('NOTRY=true\r\n\nbody', wanted)
    expect([subject, footers.size]).toEqual(['NOTRY=true', 0])
  })

  it('may be empty, or any text at all', () => {
    expect(readMessage('', wanted)).toEqual({ subject: '', footers: new Map() })
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const { footers } = readMessage(text, wanted)
        expect([...footers.keys()].every(key => wanted.has(key))).toBe(true)
      }),
    )
  })

  it('reads each line as a slower reader does', () => {
    const part = fc.constantFrom('No-Try', 'no-try', 'TBR', ':', '=', ' ', 'true', '\n', '\r\n', 'prose', '-', 'é', '1')
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), parts => {
        const body = parts.join('')
        const slow = new Map<string, string[]>()
        for (const line of body.split('\n')) {
          const [, key = '', value = ''] = /^([A-Za-z][A-Za-z0-9-]{0,63})[:=]([^]*)$/.exec(line) ?? []
          const name = key.toLowerCase()
          if (wanted.has(name)) slow.set(name, [...(slow.get(name) ?? []), value.trim()])
        }
        expect(readMessage(`subject\n${body}`, wanted).footers).toEqual(slow)
      }),
    )
  })
})
