import { describe, expect, it } from 'vitest'
import { builtInMappings } from './built-in.ts'
import { classify } from './classify.ts'
import { detect, emptyTally, tallyMessage, tellingKeys } from './detect.ts'
import { readMessage } from './message.ts'
import { mappingSchema, parseMapping } from './mapping.ts'

const { luci, gerrit, github } = builtInMappings
const around = (mapping: Parameters<typeof classify>[0], text: string) => classify(mapping, text).bypassed

describe('LUCI', () => {
  it.each([
    ['No-Try: true', ['tryjobs']],
    ['NOTRY=True', ['tryjobs']],
    ['No-Presubmit: TRUE', ['presubmit']],
    ['NOPRESUBMIT=true', ['presubmit']],
    ['No-Tree-Checks: true', ['tree']],
    ['NOTREECHECKS=true', ['tree']],
    ['TBR=somebody', ['owners']],
    ['Owners-Override: somebody', ['owners']],
    ['No-Try: true\nNOTRY=true\nTBR=a\nOwners-Override: b', ['tryjobs', 'owners']],
    ['No-Try: false', []],
    ['No-Try: truest', []],
    ['No-Try:', []],
    ['TBR=', []],
    ['TBR=   ', []],
    ['Reviewed-by: somebody', []],
  ])('of %j: %j', (body, expected) => {
    expect(around(luci, `A change\n\n${body}\n`)).toEqual(expected)
  })

  it('takes a footer of any number of lines that says it once', () => {
    expect(around(luci, 'A change\n\nNo-Try: false\nNo-Try: true')).toEqual(['tryjobs'])
    expect(around(luci, 'A change\n\nTBR=\nTBR=a')).toEqual(['owners'])
  })

  it.each([
    ['Revert 1234', true],
    ['Revert "Reland of this"', true],
    ['Reverted the thing', true],
    ['Reland', false],
    [' Revert', false],
    ['revert 12', false],
  ])('a rollback by its subject: %j is %s', (subject, expected) => {
    expect(classify(luci, `${subject}\n\nbody`).rollback).toBe(expected)
  })
})

it('Gerrit: trybots by a footer that names who, review by the lack of one', () => {
  expect(around(gerrit, 'x\n\nReviewed-by: a <a@b>\nTryBot-Bypass: b')).toEqual(['trybots'])
  expect(around(gerrit, 'x\n\nTryBot-Bypass: \nreviewed-by: a')).toEqual([])
  expect(around(gerrit, 'x\n\nbody')).toEqual(['review'])
})

it.each([
  ['Fix the thing (#123)', []],
  ['Merge pull request #7 from ada/fix', []],
  ['Fix the thing', ['pull-request']],
  ['Fix #123', ['pull-request']],
  ['Merge branch main', ['pull-request']],
])('GitHub: %j went around %j', (subject, expected) => {
  expect(around(github, `${subject}\n\nbody (#9)`)).toEqual(expected)
})

describe('which mapping fits', () => {
  const detected = (...messages: string[]) => {
    const tally = emptyTally()
    for (const text of messages)
      tallyMessage(tally, readMessage(text, tellingKeys), /^.*\(#\d+\)$/m.test(text.split('\n')[0] ?? ''))
    return detect(tally)?.mapping
  }
  const change = 'A change\n\nReviewed-on: x\nReviewed-by: y'

  it.each([
    ['luci', [change, change, 'A change\n\nNo-Try: true']],
    ['luci', ['A change\n\nTBR=a', change]],
    ['gerrit', [change, 'A change\n\nTryBot-Bypass: a']],
    ['gerrit', [change, 'A change\n\nTBR=a\nRun-TryBot: b']],
    ['gerrit', [change]],
    ['gerrit', ['A change\n\nReviewed-by: a']],
    ['github', ['One (#1)', 'Two (#2)', 'Three']],
    ['github', ['One (#1)\n\nReviewed-by: a', 'Two']],
    ['luci', ['One (#1)', 'Two\n\nNo-Try: true', 'Three\n\nChange-Id: I1', 'Four\n\nChange-Id: I2']],
    [undefined, ['One', 'Two']],
    [undefined, []],
  ])('%s', (mapping, messages) => {
    expect(detected(...messages)).toBe(mapping)
  })
})

describe('a mapping of one’s own', () => {
  const text = `name: acme
gates:
  tests:
    bypassed: { footers: [Skip-Tests], value: 'true' }
  review:
    passed: { footers: [Approved-by], subject: ['^docs: '] }
rollback: { subject: ['^Back out'], tree: true }
`
  it('is read, and judges', () => {
    const read = parseMapping('gates.yaml', text)
    if (!read.ok) throw new Error(read.faults.join())
    expect(around(read.mapping, 'docs: x\n\nSkip-Tests: true')).toEqual(['tests'])
    expect(around(read.mapping, 'x\n\nSkip-Tests: no')).toEqual(['review'])
    expect(classify(read.mapping, 'Back out x').rollback).toBe(true)
  })

  it.each([
    ['another word', text.replace('bypassed:', 'skipped:'), 'skipped'],
    ['a pattern that is none', text.replace('^docs: ', '('), 'expected a regular expression'],
    ['no gate', 'name: acme\ngates: {}\n', 'expected 1 to 30 gates, found 0'],
    ['no mark', text.replace('footers: [Skip-Tests], ', ''), 'gates.tests'],
    ['no YAML', 'name: [', 'gates.yaml:1:'],
    ['a list', '[]', 'gates.yaml:1:'],
  ])('is refused with %s, and says where', (_, wrong, said) => {
    const read = parseMapping('gates.yaml', wrong)
    expect(read.ok ? [] : read.faults).toContainEqual(expect.stringContaining(said))
  })

  it('takes the built-in ones', () => {
    for (const mapping of [luci, gerrit, github]) expect(mappingSchema.parse(mapping)).toEqual(mapping)
  })
})
