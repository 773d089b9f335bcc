import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blameRemarks } from './blame.ts'

describe('remarks on blame', () => {
  it.each([
    'Ana was careless with the flag.',
    'This was Kofi’s fault.',
    'It was her own mistake.',
    'He should have known that the check was flaky.',
    'Root cause: human error.',
    'The engineer failed to run the tests.',
    'The on-call is to blame.',
    'A stupid decision.',
    'RECKLESSLY merged.',
  ])('remark “%s”', text => {
    expect(blameRemarks(text).length).toBeGreaterThan(0)
  })

  it.each([
    '',
    'The page fault rate rose; the default timeout was 5 s.',
    'The fault-tolerant path was slow, and a segfault hid the log.',
    'The check has failed in 7 of 20 runs.',
    'The runbook did not name an approver for the deploy gate.',
    'git blame shows when the line came in.',
  ])('leave “%s” alone', text => {
    expect(blameRemarks(text)).toEqual([])
  })

  it('quote each wording once', () => {
    expect(blameRemarks('careless, Careless, CARELESS')).toHaveLength(1)
  })

  it('never throw and never block, whatever the text', () => {
    fc.assert(fc.property(fc.string({ maxLength: 400 }), text => Array.isArray(blameRemarks(text))))
  })
})
