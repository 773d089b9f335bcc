import { describe, expect, it } from 'vitest'
import { credentialFor, formatCredentials, formatSecret, readCredentials } from './credentials.ts'
import type { Files } from './files.ts'
import { nodeFiles } from './node-files.ts'

const holding = (text: string): Files => ({ ...nodeFiles, read: () => Buffer.from(text) })

describe('credentials', () => {
  const secrets = [1, 2, 3].map(byte => formatSecret(new Uint8Array(32).fill(byte)))
  const credentials = secrets.map((secret, index) =>
    credentialFor(`c${index}`, secret, index === 0 ? ['append', 'read'] : ['read'], '2026-01-01T00:00:00.000Z'),
  )

  it('read back as they were written, without the secrets', () => {
    const text = formatCredentials(credentials)
    for (const secret of secrets) expect(text).not.toContain(secret)
    expect(readCredentials(holding(text), 'credentials.json')).toEqual(credentials)
  })

  it('are refused when anything about them is unknown', () => {
    const [sound] = credentials
    const broken = [
      { ...sound, may: ['write'] },
      { ...sound, more: 1 },
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
