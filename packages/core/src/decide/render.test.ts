import { expect, it } from 'vitest'
import { renderReasons } from './render.ts'
import type { Reason } from './types.ts'

it('prints the tree with what was wanted and what to do, wherever it is not simply met', () => {
  const look = { lookedAt: 'this', wanted: 'that' }
  const reason: Reason = {
    ...look,
    rule: 'decision',
    verdict: 'not_met',
    found: 'refused',
    children: [
      { ...look, rule: 'one', verdict: 'met', found: 'fine' },
      {
        ...look,
        rule: 'two',
        verdict: 'not_met',
        found: 'bad',
        remedy: 'mend it',
        children: [{ ...look, rule: 'three', verdict: 'noted', found: 'odd' }],
      },
      { ...look, rule: 'four', verdict: 'skipped', found: 'not asked' },
    ],
  }
  expect(renderReasons(reason)).toEqual([
    'NO   decision: refused',
    '     wanted that; looked at this',
    '  yes  one: fine',
    '  NO   two: bad',
    '       wanted that; looked at this',
    '       → mend it',
    '    note three: odd',
    '         wanted that; looked at this',
    '  -    four: not asked',
    '       wanted that; looked at this',
  ])
})
