import { describe, expect, it } from 'vitest'
import { isLoopback, parseListen } from './listen.ts'

describe('--listen', () => {
  it('takes an address and a port', () => {
    expect(parseListen('127.0.0.1:0')).toEqual({ host: '127.0.0.1', port: 0 })
    expect(parseListen('[::1]:8470')).toEqual({ host: '::1', port: 8470 })
    expect(parseListen('ledger.internal:65535')).toEqual({ host: 'ledger.internal', port: 65_535 })
  })

  it('refuses anything else', () => {
    for (const text of [
      '',
      '127.0.0.1',
      ':80',
      '::1:80',
      '127.0.0.1:65536',
      '127.0.0.1:-1',
      'a b:1',
      '[x]:1',
      '[127.0.0.1]:1',
    ]) {
      expect(() => parseListen(text)).toThrow(expect.objectContaining({ code: 'bad_usage' }))
    }
  })

  it('knows which addresses only this machine can reach', () => {
    for (const host of ['127.0.0.1', '127.9.9.9', '::1', 'localhost']) expect(isLoopback(host)).toBe(true)
    for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.com', 'localhost.example.com', '128.0.0.1']) {
      expect(isLoopback(host)).toBe(false)
    }
  })
})
