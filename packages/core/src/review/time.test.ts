import { describe, expect, it } from 'vitest'
import { isLate, isOverdue, reviewDue } from './time.ts'

const calendar = { weekend: [6, 7], holidays: [] }
const given = { zone: 'Europe/Berlin', calendar, businessDays: 2 }
const at = (text: string) => Date.parse(text)

describe('the due date', () => {
  it('is provisional until the gate is shut, and counts from the last instant a use could come', () => {
    const due = reviewDue({ ...given, windowEndsMs: at('2026-11-23T23:30:00Z'), shut: false })
    expect(due).toEqual({
      dueAtMs: at('2026-11-26T16:00:00Z'),
      localDate: '2026-11-26',
      zone: 'Europe/Berlin',
      provisional: true,
    })
  })

  it('counts from the last use once the gate is shut', () => {
    const due = reviewDue({
      ...given,
      lastUseMs: at('2026-11-23T22:30:00Z'),
      windowEndsMs: at('2026-11-23T23:30:00Z'),
      shut: true,
    })
    expect(due).toMatchObject({ localDate: '2026-11-25', provisional: false })
  })

  it('counts from the end of the window where nobody used it', () => {
    const due = reviewDue({ ...given, windowEndsMs: at('2026-11-23T23:30:00Z'), shut: true })
    expect(due).toMatchObject({ localDate: '2026-11-26', provisional: false })
  })

  it('is not brought forward by a use while more may come', () => {
    const due = reviewDue({
      ...given,
      lastUseMs: at('2026-11-23T22:30:00Z'),
      windowEndsMs: at('2026-11-23T23:30:00Z'),
      shut: false,
    })
    expect(due.localDate).toBe('2026-11-26')
  })

  it('counts from a use that was reported after the window', () => {
    const due = reviewDue({
      ...given,
      lastUseMs: at('2026-11-24T12:00:00Z'),
      windowEndsMs: at('2026-11-23T12:00:00Z'),
      shut: true,
    })
    expect(due.localDate).toBe('2026-11-26')
  })
})

describe('overdue and late', () => {
  it.each([
    { state: 'due', now: 100, overdue: false },
    { state: 'due', now: 101, overdue: true },
    { state: 'answered', now: 101, overdue: true },
    { state: 'awaiting_shut', now: 101, overdue: false },
    { state: 'signed', now: 101, overdue: false },
    { state: 'closed_by_system', now: 101, overdue: false },
  ] as const)('$state at $now: $overdue', ({ state, now, overdue }) => {
    expect(isOverdue({ state, dueAtMs: 100 }, now)).toBe(overdue)
  })

  it('is not overdue without a due date', () => {
    expect(isOverdue({ state: 'due' }, 1e15)).toBe(false)
  })

  it('is late when signed after it was due, and stays late', () => {
    expect(isLate({ state: 'signed', dueAtMs: 100, signedAtMs: 101, late: false }, 102)).toBe(true)
    expect(isLate({ state: 'signed', dueAtMs: 100, signedAtMs: 100, late: false }, 999)).toBe(false)
    expect(isLate({ state: 'signed', dueAtMs: 100, signedAtMs: 99, late: true }, 99)).toBe(true)
    expect(isLate({ state: 'answered', dueAtMs: 100, late: false }, 101)).toBe(true)
  })
})
