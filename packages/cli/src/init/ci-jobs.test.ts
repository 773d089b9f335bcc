import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gateName } from '@breakglass/core/contract'
import { jobsOf } from './ci-jobs.ts'
import { gatesOf, renderProgram } from './render.ts'

describe('CI jobs', () => {
  it.each([
    [
      'ci.yml',
      'name: x\njobs: # all\n    build: {}\n    test:\n        steps:\n            - run: x\n\n    "lint all":\non: push\nafter:\n',
      ['build', 'test', 'lint all'],
    ],
    ['ci.yml', 'jobs: {a: 1}\n', []],
    ['ci.yml', '', []],
    [
      '.gitlab-ci.yml',
      'stages: [a]\n.base: {}\nrspec:tests:\n  script: x\ninclude: y\nlint: {}\n',
      ['rspec:tests', 'lint'],
    ],
  ])('of %s with %j', (file, text, names) => {
    expect(jobsOf(file, text).map(({ job }) => job)).toEqual(names)
  })

  it('of any file are found without failing, and make gates whose names are names', () => {
    const file = fc.constantFrom('ci.yml', '.gitlab-ci.yml')
    const text = fc
      .array(
        fc.oneof(
          fc.string(),
          fc.constant('jobs:'),
          fc.string().map(name => `  ${name}:`),
        ),
      )
      .map(lines => lines.join('\n'))
    fc.assert(
      fc.property(file, text, fc.string({ minLength: 1 }), (name, content, repository) => {
        const jobs = jobsOf(name, content)
        for (const gate of gatesOf({ jobs, repository })) expect(gateName.safeParse(gate.name).success).toBe(true)
      }),
    )
  })

  it('write one line each into the program, whatever they are called', () => {
    const facts = {
      organization: 'acme',
      repository: 'acme/x',
      branch: 'main',
      me: 'a@b.c',
      authors: ['a@b.c'],
      timezone: 'UTC',
    }
    const text = renderProgram({ ...facts, jobs: [{ file: 'a\nb', job: 'c\n  d: "e"' }] })
    expect(text).toContain('x/c-d-e:   # job c d: "e" in a b\n')
    expect(text).toContain('check: "c\\n  d: \\"e\\""\n')
  })
})
