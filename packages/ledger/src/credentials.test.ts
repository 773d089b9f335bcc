import { describe, expect, it } from 'vitest'
import { credentialFor, formatCredentials, formatSecret, readCredentials } from './credentials.ts'
import type { Files } from './files.ts'
import { nodeFiles } from './node-files.ts'

const holding = (text: string): Files => ({ ...nodeFiles, read: () => Buffer.from(text) })

const createdAt = '2026-01-01T00:00:00.000Z'

describe('credentials', () => {
  const secrets = [1, 2, 3].map(byte => formatSecret(new Uint8Array(32).fill(byte)))
  const credentials = secrets.map((secret, index) =>
    credentialFor(`c${index}`, secret, index === 0 ? ['append', 'read'] : ['read'], createdAt),
  )

  it('read back as they were written, without the secrets', () => {
    const text = formatCredentials(credentials)
    for (const secret of secrets) expect(text).not.toContain(secret)
    expect(readCredentials(holding(text), 'credentials.json')).toEqual(credentials)
  })

  it('are read as they were before they were dated', () => {
    const { name, hash, may } = credentials[0]!
    const old = [{ name, hash, may }]
    expect(readCredentials(holding(JSON.stringify(old)), 'x')).toEqual(old)
  })

  it('may be two of one name, when they say the same of it', () => {
    const limits = { entriesPerMinuteMax: 1, bytesPerMinuteMax: 40_000 }
    const [first, second] = credentials
    const pair = [first, { ...second, name: first!.name, may: ['read', 'append'] }]
    expect(readCredentials(holding(JSON.stringify(pair)), 'x')).toHaveLength(2)
    const limited = pair.map((one, at) => (at === 0 ? one : { ...one, limits }))
    expect(() => readCredentials(holding(JSON.stringify(limited)), 'x')).toThrow()
  })

  it('have at most sixteen names that append', () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, at) => credentialFor(`w${at}`, `secret ${at}`, ['append'], createdAt))
    expect(readCredentials(holding(formatCredentials(many(16))), 'x')).toHaveLength(16)
    expect(() => readCredentials(holding(formatCredentials(many(17))), 'x')).toThrow()
  })

  it('are refused when anything about them is unknown', () => {
    const [sound] = credentials
    const broken = [
      { ...sound, may: ['write'] },
      { ...sound, more: 1 },
      { ...sound, may: [] },
      { ...sound, may: ['read', 'read'] },
      { ...sound, until: 'tomorrow' },
      { ...sound, endedAt: 1 },
      { ...sound, limits: {} },
      { ...sound, limits: { entriesPerMinuteMax: 0, bytesPerMinuteMax: 40_000 } },
      { ...sound, limits: { entriesPerMinuteMax: 1, bytesPerMinuteMax: 32_768 } },
      { ...sound, limits: { entriesPerMinuteMax: 1.5, bytesPerMinuteMax: 40_000 } },
      { ...sound, hash: 'ab' },
      { ...sound, name: 'A B' },
      null,
    ]
    const texts = ['', '{}', 'x', ...broken.map(one => JSON.stringify([one])), JSON.stringify([sound, sound])]
    for (const text of texts) {
      expect(() => readCredentials(holding(text), 'x')).toThrow(expect.objectContaining({ code: 'config_damaged' }))
    }
  })
})
