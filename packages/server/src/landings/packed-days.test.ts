import { type GateDay, outcomes } from '@breakglass/core/metrics'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { datesOf, packDays, unpackDays } from './packed-days.ts'

const counts = fc.dictionary(fc.constantFrom(...outcomes), fc.integer({ min: 1, max: 1e9 })) as fc.Arbitrary<
  GateDay['counts']
>
const month = fc.uniqueArray(fc.integer({ min: 1, max: 31 }), { maxLength: 31 }).chain(days =>
  fc.tuple(
    ...days
      .toSorted((a, b) => a - b)
      .map(day =>
        fc.record({
          gate: fc.constant('g'),
          day: fc.constant(`2026-11-${String(day).padStart(2, '0')}`),
          counts,
          duringIncident: fc.nat(),
        }),
      ),
  ),
)

describe('a packed month', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(month, days => {
        expect(unpackDays('g', packDays(days), datesOf('2026-11'))).toEqual(days)
      }),
    )
  })

  it.each(['{}', '{"o":["nonsense"],"d":[]}', '{"o":[],"d":[-1]}', '{"o":[],"d":[],"x":1}'])('is not %s', text => {
    expect(() => unpackDays('g', text, datesOf('2026-11'))).toThrow()
  })
})
