import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Turns, waitersMax, waitMsMax } from './turns.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

it('lets one in at a time, in the order they came', async () => {
  const turns = new Turns()
  const order: number[] = []
  let inside = 0
  const visit = async (number: number) => {
    await turns.take()
    expect(++inside).toBe(1)
    order.push(number)
    await Promise.resolve()
    inside--
    turns.give()
  }
  await Promise.all([0, 1, 2, 3, 4].map(visit))
  expect(order).toEqual([0, 1, 2, 3, 4])
})

it('refuses who has waited too long, and goes on with the others', async () => {
  const turns = new Turns()
  await turns.take()
  const early = turns.take()
  const refused = expect(early).rejects.toMatchObject({ code: 'store_unavailable', data: { kind: 'busy' } })
  vi.advanceTimersByTime(waitMsMax - 1)
  const late = turns.take()
  vi.advanceTimersByTime(1)
  await refused
  turns.give()
  await late
})

it('refuses more than it can hold', async () => {
  const turns = new Turns()
  await turns.take()
  const waiting = Array.from({ length: waitersMax }, () => turns.take())
  await expect(turns.take()).rejects.toMatchObject({ code: 'store_unavailable' })
  for (const one of waiting) {
    turns.give()
    await one
  }
  turns.give()
  await turns.take()
})
