import { canonicalJson, type Json } from '@breakglass/verify'
import { describe, expect, it } from 'vitest'
import { type Use, useKeyOf } from './use-key.ts'

const repository = { id: 'r_1', host: 'git.acme.example', forge: 'git' }
const uses: Record<string, Use> = {
  push: {
    kind: 'push',
    repository,
    ref: 'refs/heads/main',
    old: `sha1:${'0'.repeat(40)}`,
    new: `sha1:${'1'.repeat(40)}`,
  },
  creation: { kind: 'push', repository, ref: 'refs/heads/main', new: `sha1:${'1'.repeat(40)}` },
  ci: { kind: 'ci', repository, gate: 'payments/smoke', commit: `sha1:${'2'.repeat(40)}`, run: '4711' },
  deployment: { kind: 'deployment', repository, deployment: '99' },
  check: { kind: 'check_run', repository, gate: 'payments/smoke', head: 'a', base: 'b' },
  operation: { kind: 'operation', operation: `sha256:${'3'.repeat(64)}` },
}

describe('the key of a use', () => {
  it.each(Object.entries(uses))('is canonical JSON: %s', (_name, use) => {
    const key = useKeyOf(use)
    expect(canonicalJson(JSON.parse(key) as Json)).toBe(key)
    expect(JSON.parse(key)).toEqual(use)
  })

  it('does not depend on the order in which the use was written', () => {
    const { ci } = uses
    const reversed = Object.fromEntries(Object.entries(ci!).reverse()) as unknown as Use
    expect(useKeyOf(reversed)).toBe(useKeyOf(ci!))
  })

  it('tells every kind apart', () => {
    expect(new Set(Object.values(uses).map(useKeyOf)).size).toBe(Object.keys(uses).length)
  })

  it('leaves out members that are not part of the key', () => {
    const withAttempt: Use = Object.assign({}, uses.ci, { attempt: 2 })
    expect(useKeyOf(withAttempt)).toBe(useKeyOf(uses.ci!))
  })
})
