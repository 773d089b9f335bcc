import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { calendarText, reviewDueAt } from './business-days.ts'
import { instantOf, isoWeekday, isZone, localDateOf } from './zoned.ts'

const satSun = [6, 7]

interface Row {
  name: string
  lastUse: string
  zone: string
  due: string
  localDate: string
  businessDays?: number
  weekend?: number[]
  holidays?: string[]
}

const rows: Row[] = [
  {
    name: 'a Monday night',
    lastUse: '2026-11-23T03:00:00.000Z',
    zone: 'Europe/Berlin',
    due: '2026-11-25T16:00:00.000Z',
    localDate: '2026-11-25',
  },
  {
    name: 'a Thursday: over the weekend',
    lastUse: '2026-11-26T10:00:00.000Z',
    zone: 'Europe/Berlin',
    due: '2026-11-30T16:00:00.000Z',
    localDate: '2026-11-30',
  },
  {
    name: 'a Saturday: the weekend does not count',
    lastUse: '2026-11-28T10:00:00.000Z',
    zone: 'Europe/Berlin',
    due: '2026-12-01T16:00:00.000Z',
    localDate: '2026-12-01',
  },
  // 23:30 in Berlin is still Monday there, though Tuesday in Auckland.
  {
    name: 'the local date counts, not that of UTC',
    lastUse: '2026-11-23T22:30:00.000Z',
    zone: 'Europe/Berlin',
    due: '2026-11-25T16:00:00.000Z',
    localDate: '2026-11-25',
  },
  {
    name: 'half an hour past local midnight',
    lastUse: '2026-11-23T23:30:00.000Z',
    zone: 'Europe/Berlin',
    due: '2026-11-26T16:00:00.000Z',
    localDate: '2026-11-26',
  },
  {
    name: 'Auckland is a day ahead',
    lastUse: '2026-11-23T22:30:00.000Z',
    zone: 'Pacific/Auckland',
    due: '2026-11-26T04:00:00.000Z',
    localDate: '2026-11-26',
  },
  {
    name: 'Honolulu is a day behind',
    lastUse: '2026-11-24T03:00:00.000Z',
    zone: 'Pacific/Honolulu',
    due: '2026-11-26T03:00:00.000Z',
    localDate: '2026-11-25',
  },
  {
    name: 'Berlin leaves summer time between',
    lastUse: '2026-10-23T10:00:00.000Z',
    zone: 'Europe/Berlin',
    due: '2026-10-27T16:00:00.000Z',
    localDate: '2026-10-27',
  },
  {
    name: 'Berlin enters summer time between',
    lastUse: '2026-03-27T10:00:00.000Z',
    zone: 'Europe/Berlin',
    due: '2026-03-31T15:00:00.000Z',
    localDate: '2026-03-31',
  },
  {
    name: 'the hour that Berlin shows twice',
    lastUse: '2026-10-25T01:30:00.000Z',
    zone: 'Europe/Berlin',
    due: '2026-10-27T16:00:00.000Z',
    localDate: '2026-10-27',
  },
  {
    name: 'Auckland enters summer time between',
    lastUse: '2026-09-25T00:00:00.000Z',
    zone: 'Pacific/Auckland',
    due: '2026-09-29T04:00:00.000Z',
    localDate: '2026-09-29',
  },
  {
    name: 'a half-hour zone',
    lastUse: '2026-11-23T03:00:00.000Z',
    zone: 'Asia/Kolkata',
    due: '2026-11-25T11:30:00.000Z',
    localDate: '2026-11-25',
  },
  {
    name: 'Friday and Saturday as weekend',
    lastUse: '2026-11-26T06:00:00.000Z',
    zone: 'Asia/Riyadh',
    weekend: [5, 6],
    due: '2026-11-30T14:00:00.000Z',
    localDate: '2026-11-30',
  },
  {
    name: 'one day of rest',
    lastUse: '2026-11-27T06:00:00.000Z',
    zone: 'Asia/Kolkata',
    weekend: [7],
    due: '2026-11-30T11:30:00.000Z',
    localDate: '2026-11-30',
  },
  {
    name: 'no weekend at all',
    lastUse: '2026-11-27T06:00:00.000Z',
    zone: 'UTC',
    weekend: [],
    due: '2026-11-29T17:00:00.000Z',
    localDate: '2026-11-29',
  },
  {
    name: 'holidays in a row',
    lastUse: '2026-12-23T12:00:00.000Z',
    zone: 'Europe/Berlin',
    holidays: ['2026-12-24', '2026-12-25', '2026-12-26', '2026-12-28'],
    due: '2026-12-30T16:00:00.000Z',
    localDate: '2026-12-30',
  },
  {
    name: 'a holiday on a weekend takes no day',
    lastUse: '2026-11-26T10:00:00.000Z',
    zone: 'Europe/Berlin',
    holidays: ['2026-11-28'],
    due: '2026-11-30T16:00:00.000Z',
    localDate: '2026-11-30',
  },
  {
    name: 'over New Year',
    lastUse: '2026-12-31T12:00:00.000Z',
    zone: 'Europe/Berlin',
    holidays: ['2027-01-01'],
    due: '2027-01-05T16:00:00.000Z',
    localDate: '2027-01-05',
  },
  {
    name: 'a use on a holiday',
    lastUse: '2027-01-01T12:00:00.000Z',
    zone: 'Europe/Berlin',
    holidays: ['2027-01-01'],
    due: '2027-01-05T16:00:00.000Z',
    localDate: '2027-01-05',
  },
  {
    name: 'a leap day',
    lastUse: '2028-02-28T12:00:00.000Z',
    zone: 'UTC',
    businessDays: 1,
    due: '2028-02-29T17:00:00.000Z',
    localDate: '2028-02-29',
  },
  {
    name: 'ten business days',
    lastUse: '2026-11-23T12:00:00.000Z',
    zone: 'UTC',
    businessDays: 10,
    due: '2026-12-07T17:00:00.000Z',
    localDate: '2026-12-07',
  },
  // A calendar of nothing but rest must not keep a review from falling due.
  {
    name: 'a calendar without business days counts every day',
    lastUse: '2026-11-23T12:00:00.000Z',
    zone: 'UTC',
    weekend: [1, 2, 3, 4, 5, 6, 7],
    due: '2026-11-25T17:00:00.000Z',
    localDate: '2026-11-25',
  },
]

describe('a review falls due', () => {
  it.each(rows)('$name', ({ lastUse, zone, weekend = satSun, holidays = [], businessDays = 2, due, localDate }) => {
    const found = reviewDueAt({ lastUseMs: Date.parse(lastUse), zone, calendar: { weekend, holidays }, businessDays })
    expect({ ...found, dueAtMs: new Date(found.dueAtMs).toISOString() }).toEqual({ dueAtMs: due, localDate, zone })
  })

  it('refuses a zone nobody knows', () => {
    const calendar = { weekend: satSun, holidays: [] }
    for (const zone of ['Europe/Atlantis', '+01:00', '']) expect(isZone(zone)).toBe(false)
    expect(() => reviewDueAt({ lastUseMs: 0, zone: 'Europe/Atlantis', calendar, businessDays: 2 })).toThrow(
      'Europe/Atlantis',
    )
  })
})

describe('a wall clock', () => {
  it.each([
    {
      name: 'skips 02:00 in Berlin in spring: as late after midnight',
      date: [2026, 3, 29],
      hour: 2,
      zone: 'Europe/Berlin',
      at: '2026-03-29T01:00:00.000Z',
    },
    {
      name: 'shows 02:00 in Berlin twice in autumn: the first',
      date: [2026, 10, 25],
      hour: 2,
      zone: 'Europe/Berlin',
      at: '2026-10-25T00:00:00.000Z',
    },
    {
      name: 'skips midnight in Beirut',
      date: [2026, 3, 29],
      hour: 0,
      zone: 'Asia/Beirut',
      at: '2026-03-28T22:00:00.000Z',
    },
    {
      name: 'skipped a whole day in Apia',
      date: [2011, 12, 30],
      hour: 17,
      zone: 'Pacific/Apia',
      at: '2011-12-31T03:00:00.000Z',
    },
    {
      name: 'moves by half an hour on Lord Howe',
      date: [2026, 10, 4],
      hour: 2,
      zone: 'Australia/Lord_Howe',
      at: '2026-10-03T15:30:00.000Z',
    },
  ])('$name', ({ date: [year, month, day], hour, zone, at }) => {
    expect(new Date(instantOf({ year: year!, month: month!, day: day! }, hour, zone)).toISOString()).toBe(at)
  })

  it('knows Sunday as the seventh day', () => {
    expect(isoWeekday({ year: 2026, month: 11, day: 22 })).toBe(7)
    expect(isoWeekday({ year: 2026, month: 11, day: 23 })).toBe(1)
  })

  const zones = [
    'Europe/Berlin',
    'Pacific/Auckland',
    'America/New_York',
    'Asia/Kolkata',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'America/Sao_Paulo',
    'Africa/Casablanca',
    'Pacific/Apia',
    'UTC',
  ]
  const ms = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2040, 0) })

  // Node 24 has no Temporal; there the golden rows above stand alone.
  if ('Temporal' in globalThis)
    it('agrees with Temporal, both ways', () => {
      fc.assert(
        fc.property(ms, fc.constantFrom(...zones), fc.integer({ min: 0, max: 23 }), (ms, zone, hour) => {
          const zoned = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone)
          const { year, month, day } = zoned
          expect(localDateOf(ms, zone)).toEqual({ year, month, day })
          const wall = Temporal.PlainDateTime.from({ year, month, day, hour })
          expect(instantOf({ year, month, day }, hour, zone)).toBe(wall.toZonedDateTime(zone).epochMilliseconds)
        }),
        { numRuns: 2000 },
      )
    })
})

describe('the text of a calendar', () => {
  it('is the same however it was written', () => {
    const text = '{"holidays":["2026-12-25","2027-01-01"],"weekend":[6,7]}'
    expect(calendarText({ weekend: [7, 6, 7], holidays: ['2027-01-01', '2026-12-25', '2027-01-01'] })).toBe(text)
  })
})
