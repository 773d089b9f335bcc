import { describe, expect, it } from 'vitest'
import { gapsIn } from './judge-file.ts'

const entry = (subject: string, seq: number) => ({
  sid: `s_${subject}${seq}`,
  kind: 'glass.used',
  subject,
  seq,
  index: 0,
  understood: true,
})

describe('what a file does not hold', () => {
  it('is nothing where every chain is whole, in whatever order', () => {
    expect(gapsIn([entry('g_a', 2), entry('g_b', 1), entry('g_a', 1), entry('g_a', 1)])).toEqual([])
    expect(gapsIn([])).toEqual([])
  })

  it('is told by where it begins: at the start of a chain, and in the middle', () => {
    const held = [entry('g_a', 2), entry('g_b', 1), entry('g_b', 4), entry('g_b', Number.MAX_SAFE_INTEGER)]
    expect(gapsIn(held)).toEqual([
      { subject: 'g_a', seq: 1 },
      { subject: 'g_b', seq: 2 },
      { subject: 'g_b', seq: 5 },
    ])
  })
})
