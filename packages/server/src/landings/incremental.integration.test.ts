import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../tests/support/databases.ts'
import { pointById } from '../commands/points/point-row.ts'
import { commitOf, main, makeWorld, type World } from '../commands/points/testing/world.ts'
import { act } from '../edge/edge.ts'
import { type NewObservation, observe } from './observe.ts'
import { computed, recompute, settle } from './testing/telling.ts'

const minute = 60_000

/** Whatever comes, one by one and in whatever order, leaves what computing all of it at once gives. */
eachEngine('landings made bit by bit', (makeStore, { engine }) => {
  let world: World
  beforeAll(async () => {
    world = await makeWorld(await makeStore())
    world.clock.ms += 86_400_000
  })
  afterAll(() => world.test.close())

  const seen = fc.record({
    kind: fc.constantFrom('hook', 'advance', 'confirmed'),
    from: fc.constantFrom('1', '2', '3', '4', ''),
    to: fc.constantFrom('1', '2', '3', '4', ''),
    minute: fc.integer({ min: 0, max: 60 }),
    day: fc.integer({ min: 0, max: 1 }),
  })

  async function forget(): Promise<void> {
    await world.edge.store.transact(async tx => {
      for (const table of ['observation', 'correction', 'move_dirty', 'cell_dirty'] as const) {
        await tx.db.deleteFrom(table).execute()
      }
    })
    await recompute(world)
  }

  it('are those made of everything at once', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(seen, { minLength: 2, maxLength: 9 }), async told => {
        await forget()
        const start = world.clock.ms - 2 * 86_400_000 + 3_600_000
        for (const [at, one] of told.entries()) {
          const observation: NewObservation = {
            id: `o${at}`,
            source: one.kind === 'hook' ? 'hook' : 'watcher',
            ref: main,
            before: one.from && commitOf(one.from),
            after: one.to && commitOf(one.to),
            // Before the program of the first day, and after.
            atMs: start + one.day * 86_400_000 + one.minute * minute,
            ...(one.kind === 'hook'
              ? { opened: [{ gate: 'pay/tests', opens: 'pass' }] }
              : { allowed: one.kind === 'confirmed' }),
          }
          await act(world.edge, async run => observe(run, await pointById(run.tx, world.point.id), observation))
          await settle(world)
        }
        const bitByBit = await computed(world)
        await recompute(world)
        expect(await computed(world)).toBe(bitByBit)
      }),
      { numRuns: engine === 'sqlite' ? 60 : 10 },
    )
  })
})
