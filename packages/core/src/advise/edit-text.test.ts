import { parse } from 'yaml'
import { describe, expect, it } from 'vitest'
import { editText } from './edit-text.ts'

const program = `# The program.
gates:
  a: # the first
    class: quality # for now
    break_glass:
      who: [oncall] # by rota
      ttl: 30m
    # what follows is another gate

  b: { class: control, break_glass: never }
  c: {}
forum: { every: 30d }
`

describe('an edit', () => {
  it.each([
    ['a plain value, beside its comment', ['gates', 'a', 'class'], 'advisory', 'class: advisory # for now'],
    ['a value in braces', ['gates', 'b', 'class'], 'advisory', 'b: { class: advisory, break_glass: never }'],
    ['a new key in braces', ['gates', 'b', 'owner'], 'x', 'break_glass: never, owner: x }'],
    ['a new key in empty braces', ['gates', 'c', 'owner'], 'x', 'c: { owner: x }'],
    [
      'a new key in a block, after its last',
      ['gates', 'a', 'break_glass', 'uses'],
      1,
      '      ttl: 30m\n      uses: 1\n    #',
    ],
    ['a new key beside a block', ['gates', 'a', 'owner'], 'x', '      ttl: 30m\n    owner: x\n    #'],
    ['a list, beside its comment', ['gates', 'a', 'break_glass', 'who'], ['b'], 'who: [ b ] # by rota'],
    ['a whole block', ['gates', 'a', 'break_glass'], 'never', '    break_glass: never\n    # what'],
    [
      'a path of which nothing is there',
      ['reviews', 'due'],
      '1 business day',
      'forum: { every: 30d }\nreviews: { due: 1 business day }\n',
    ],
    ['a block that goes', ['gates', 'a', 'break_glass'], null, '# for now\n    # what follows'],
    ['the first in braces that goes', ['gates', 'b', 'class'], null, 'b: { break_glass: never }'],
    ['the last in braces that goes', ['gates', 'b', 'break_glass'], null, 'b: { class: control }'],
    ['what is not there and goes', ['gates', 'b', 'owner'], null, program],
  ])('of %s', (_, path, is, expected) => {
    const text = editText(program, { path, is })
    expect(text).toContain(expected)
    const found = path.reduce<unknown>((value, key) => (value as Record<string, unknown>)?.[key], parse(text))
    expect(found).toEqual(is ?? undefined)
    for (const comment of ['# The program.', '# the first', '# what follows']) expect(text).toContain(comment)
  })

  it('is the same in a text without a last line break', () => {
    expect(editText('a: 1', { path: ['b'], is: 2 })).toBe('a: 1\nb: 2')
  })
})
