import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keepCosigned, recosignMs } from './recosigning.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A log of this size whose witnesses answer when they are let. */
function logOf(size: number) {
  const asked: PromiseWithResolvers<void>[] = []
  const published = { size, root: new Uint8Array(32), note: 'a note' }
  const cosignAgain = () => {
    const question = Promise.withResolvers<void>()
    asked.push(question)
    return question.promise
  }
  const faults: unknown[] = []
  const stop = keepCosigned({ committer: { published, cosignAgain }, onFatal: fault => faults.push(fault) })
  return { asked, published, faults, stop }
}

const pass = async (parts: number) => await vi.advanceTimersByTimeAsync(recosignMs * parts)

describe('a checkpoint that does not grow', () => {
  it('is cosigned again after its time, and again after as much', async () => {
    const { asked } = logOf(3)
    await pass(0.9)
    expect(asked).toHaveLength(0)
    await pass(0.1)
    asked[0]?.resolve()
    await pass(1)
    expect(asked).toHaveLength(2)
  })

  it('is asked for once at a time', async () => {
    const { asked } = logOf(3)
    await pass(4)
    expect(asked).toHaveLength(1)
  })

  it('begins its time anew when it grows', async () => {
    const { asked, published } = logOf(3)
    for (let grown = 0; grown < 6; grown++) {
      published.size++
      await pass(0.5)
    }
    expect(asked).toHaveLength(0)
    await pass(1)
    expect(asked).toHaveLength(1)
  })

  it('is left alone when the log closes, and what goes wrong is told', async () => {
    const { asked, faults, stop } = logOf(3)
    await pass(1)
    asked[0]?.reject(new Error('another history'))
    await pass(0.5)
    expect(faults).toEqual([new Error('another history')])
    stop()
    await pass(4)
    expect(asked).toHaveLength(1)
  })
})
