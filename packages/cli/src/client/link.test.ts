import { BreakglassError } from '@breakglass/core/errors'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isReadableOnTheWay, parseInvitation, serverUrl } from './link.ts'

describe('an invitation', () => {
  it.each([
    ['http://127.0.0.1:7117/welcome#Yq3v0h8Zk2m1', { server: 'http://127.0.0.1:7117', code: 'Yq3v0h8Zk2m1' }],
    [
      'https://acme.example/breakglass/welcome#Yq3v0h8Zk2m1',
      { server: 'https://acme.example/breakglass', code: 'Yq3v0h8Zk2m1' },
    ],
    ['  Yq3v0h8Zk2m1\n', { code: 'Yq3v0h8Zk2m1' }],
  ])('%s', (text, parsed) => expect(parseInvitation(text)).toEqual(parsed))

  it.each([
    'short',
    'https://acme.example/welcome',
    'https://acme.example/#Yq3v0h8Zk2m1',
    'https://acme.example/welcome?code=Yq3v0h8Zk2m1#Yq3v0h8Zk2m1',
    'https://me:secret@acme.example/welcome#Yq3v0h8Zk2m1',
    'ftp://acme.example/welcome#Yq3v0h8Zk2m1',
    'javascript:/welcome#Yq3v0h8Zk2m1',
  ])('is not read from %s', text => expect(() => parseInvitation(text)).toThrow(BreakglassError))

  it('of any text is read or refused as usage, and the code is never repeated', () => {
    const link = fc
      .tuple(fc.webUrl({ withFragments: false }), fc.string())
      .map(([url, code]) => `${url}/welcome#${code}`)
    fc.assert(
      fc.property(fc.oneof(fc.string(), link), text => {
        try {
          const { server, code } = parseInvitation(text)
          expect(code).toMatch(/^[A-Za-z0-9_-]+$/)
          if (server !== undefined) expect(serverUrl(server)).toBe(server)
        } catch (error) {
          expect(error).toMatchObject({ code: 'usage' })
          if (text.trim().length > 20) expect(String(error)).not.toContain(text.trim())
        }
      }),
    )
  })
})

describe('a server', () => {
  it.each([
    ['https://Acme.example/', 'https://acme.example'],
    ['http://127.0.0.1:7117/base//', 'http://127.0.0.1:7117/base'],
  ])('%s has one spelling', (text, spelled) => expect(serverUrl(text)).toBe(spelled))

  it.each(['acme.example', 'https://a:b@acme.example', 'https://acme.example?x', 'file:///etc'])('is not %s', text =>
    expect(() => serverUrl(text)).toThrow(BreakglassError),
  )

  it('is readable on the way only over plain HTTP to elsewhere', () => {
    expect(isReadableOnTheWay('http://127.0.0.1:1')).toBe(false)
    expect(isReadableOnTheWay('http://[::1]:1')).toBe(false)
    expect(isReadableOnTheWay('https://acme.example')).toBe(false)
    expect(isReadableOnTheWay('http://acme.example')).toBe(true)
    expect(isReadableOnTheWay('http://127.0.0.1.acme.example')).toBe(true)
  })
})
