import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JsonRecords } from './json-records.ts'

function read(pieces: readonly string[]): { records: unknown[]; unreadable: number } {
  const reader = new JsonRecords()
  const records = pieces.flatMap(piece => [...reader.push(piece)])
  reader.end()
  return { records, unreadable: reader.unreadable }
}

const one = { a: 1, deep: { list: [{ b: 2 }, []], text: 'a } and a " and a \\ and { ' } }
const two = { a: 2 }
const text = JSON.stringify(one)

describe('records of JSON', () => {
  it.each([
    ['an array', JSON.stringify([one, two])],
    ['an array as people indent it', JSON.stringify([one, two], undefined, 2)],
    ['lines', `${text}\n${JSON.stringify(two)}\n`],
    ['lines that end as Windows ends them', `${text}\r\n${JSON.stringify(two)}\r\n`],
    ['pages one after another', `${JSON.stringify([one])}${JSON.stringify([two])}`],
    ['an array of pages', JSON.stringify([[one], [two]])],
    ['a byte order mark', `\ufeff${JSON.stringify([one, two])}`],
  ])('come out of %s', (_, given) => {
    expect(read([given])).toEqual({ records: [one, two], unreadable: 0 })
  })

  it.each([
    ['a line that was cut off', `${text}\n{"a": "cut o\n${JSON.stringify(two)}\n`, 1],
    ['a line that lost its end', `${text}\n{"a": 1\n${JSON.stringify(two)}\n`, 1],
    ['a line that is no JSON', `${text}\n{a: 1}\n${JSON.stringify(two)}\n`, 1],
    ['words between', `${text}\nan error, sorry\n${JSON.stringify(two)}\n`, 1],
    ['an end that is missing', `${text}\n${JSON.stringify(two)}\n{"a":`, 1],
  ])('are read around %s', (_, given, unreadable) => {
    expect(read([given])).toEqual({ records: [one, two], unreadable })
  })

  it('passes over what is longer than any record, and reads what follows', () => {
    const long = JSON.stringify({ long: 'x'.repeat(5 * 1024 * 1024) })
    const given = `${long}\n${JSON.stringify(two)}\n`
    const pieces = Array.from({ length: Math.ceil(given.length / 65_536) }, (__, at) =>
      given.slice(at * 65_536, (at + 1) * 65_536),
    )
    expect(read(pieces)).toEqual({ records: [two], unreadable: 1 })
  })

  it('are the same wherever the text was cut', () => {
    const records = fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), { maxLength: 6 })
    fc.assert(
      fc.property(records, fc.boolean(), fc.array(fc.nat(400)), (given, asLines, cuts) => {
        const whole = asLines ? given.map(each => JSON.stringify(each)).join('\n') : JSON.stringify(given, undefined, 1)
        const places = [0, ...cuts.map(cut => cut % (whole.length + 1)).toSorted((a, b) => a - b), whole.length]
        const pieces = places.slice(1).map((to, at) => whole.slice(places[at], to))
        const expected = given.map(each => JSON.parse(JSON.stringify(each)))
        expect(read(pieces)).toEqual({ records: expected, unreadable: 0 })
      }),
    )
  })

  it('never throws, whatever it is given', () => {
    const noise = fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', '\n', 'a', '1') })
    fc.assert(
      fc.property(fc.array(noise), pieces => {
        const { records } = read(pieces)
        expect(records.every(record => typeof record === 'object' && record !== null)).toBe(true)
      }),
    )
  })
})
