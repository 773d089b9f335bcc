import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { base, patched, published } from '../decide/testdata/load.ts'
import { renderRunbook } from './runbook.ts'
import { wrap } from './text.ts'

const program = published(base.program)
const options = { url: 'https://breakglass.acme.example' }
const golden = (name: string) => readFileSync(new URL(`testdata/${name}`, import.meta.url), 'utf8')

describe('the runbook', () => {
  it('is what stands in testdata/runbook.txt, for the program of the decision tables', () => {
    expect(renderRunbook(program, options)).toBe(golden('runbook.txt'))
  })

  it('shows one gate when one is named', () => {
    const text = renderRunbook(program, { ...options, gate: 'payments/smoke' })
    expect(text).toContain('payments/smoke\n--------------\n')
    expect(text).not.toContain('payments/secrets\n----------------\n')
  })

  it('knows no gate that the program does not have', () => {
    for (const gate of ['payments/nothing', 'constructor']) {
      expect(() => renderRunbook(program, { ...options, gate })).toThrow(expect.objectContaining({ code: 'not_found' }))
    }
  })

  it('prints at 80 columns', () => {
    expect(
      renderRunbook(program, options)
        .split('\n')
        .filter(line => line.length > 80),
    ).toEqual([])
  })

  it('says where no grant helps, and nowhere else', () => {
    const textOf = (gate: string) => renderRunbook(program, { ...options, gate }).replaceAll(/\s+/g, ' ')
    expect(textOf('program/check')).toContain('no grant opens a gate there')
    expect(textOf('payments/style')).not.toContain('no grant opens a gate there')
  })

  it('says what the program says: another TTL, another text', () => {
    const gates = { 'payments/style': { breakGlass: { ttlSeconds: 5400, uses: 2 } } }
    const other = published(patched(base.program, { gates }))
    expect(renderRunbook(other, { ...options, gate: 'payments/style' })).toContain('1 h 30 min, 2 uses')
  })

  it('says of an advisory gate for how long it passes when it cannot run', () => {
    const gates = { 'payments/style': { whenUnavailable: { kind: 'pass', forSeconds: 1800 } } }
    const text = renderRunbook(published(patched(base.program, { gates })), { ...options, gate: 'payments/style' })
    expect(text).toContain('passes for at most 30 min, loudly')
  })
})

describe('wrapping', () => {
  it('breaks at spaces, and leaves a word that fits nowhere whole', () => {
    const long = 'x'.repeat(90)
    expect(wrap(`a ${long} b`, { first: '- ', rest: '  ' })).toEqual(['- a', `  ${long}`, '  b'])
    expect(wrap('', { first: '- ', rest: '  ' })).toEqual([])
  })
})
