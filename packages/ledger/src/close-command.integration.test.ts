import { describe, expect, it } from 'vitest'
import { typed } from './testing/typed.ts'
import { checkSound, codeOf, entriesFrom, newLedger, open } from './testing/temporary-ledger.ts'

const run = async (...args: string[]) => {
  const { code, out, err } = await typed(args)
  return { status: code, out: out.join('\n'), err: err.join('\n') }
}

const successor = 'log.example/next'

describe('close', () => {
  it.each([0, 3, 256])('ends a log of %i entries with its successor, once', async count => {
    const { dir } = await newLedger()
    const before = await open(dir)
    if (count > 0) await before.append(entriesFrom(0, count))
    await before.close()
    const ran = await run('close', '--dir', dir, '--successor', successor, '--yes')
    expect(JSON.parse(ran.out)).toMatchObject({ closed: 'log.example/test', successor, index: count })
    const again = await run('close', '--dir', dir, '--successor', successor, '--yes')
    expect([again.status, again.err.includes('closed'), again.err.includes(successor)]).toEqual([1, true, true])
    expect(checkSound(dir).size).toBe(count + 1)
    const ledger = await open(dir)
    const refused = ledger.append(entriesFrom(900, 1))
    await expect(refused).rejects.toThrow(successor)
    expect(await codeOf(refused)).toBe('closed')
  })

  it('wants to be told that it is meant, and a successor that is another log', async () => {
    const { dir } = await newLedger()
    expect((await run('close', '--dir', dir, '--successor', successor)).status).toBe(2)
    expect((await run('close', '--dir', dir, '--successor', 'log.example/test', '--yes')).status).toBe(2)
    expect(checkSound(dir).size).toBe(0)
  })

  it('leaves a ledger alone that is being served', async () => {
    const { dir } = await newLedger()
    await open(dir)
    expect((await run('close', '--dir', dir, '--successor', successor, '--yes')).err).toContain('ledger_locked')
  })
})
