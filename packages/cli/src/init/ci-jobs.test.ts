import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gateName } from '@breakglass/core/contract'
import { jobsOf } from './ci-jobs.ts'
import { checkOffline } from '../program/check-offline.ts'
import { gatesOf, renderProgram } from './render.ts'

/** The program is read and checked as it would be published. */
const errorsOf = (text: string) =>
  checkOffline({ file: 'breakglass.yaml', text, files: {} }).remarks.filter(({ level }) => level === 'error')

const facts = {
  organization: 'acme',
  repository: 'acme/x',
  branch: 'main',
  me: 'a@b.example',
  authors: ['a@b.example', 'c@d.example'],
  timezone: 'UTC',
}

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
    const text = renderProgram({ ...facts, jobs: [{ file: 'a\nb', job: 'c\n  d: "e"' }] })
    expect(errorsOf(text)).toEqual([])
    expect(text).toContain('x/c-d-e:   # job c d: "e" in a b\n')
    expect(text).toContain('check: "c d: \\"e\\""\n')
  })
  it('and directories make a program without an error, whatever they are called', () => {
    const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 100 })
    const jobs = fc.array(fc.record({ file: name, job: name }), { maxLength: 5 })
    fc.assert(
      fc.property(jobs, name, name, (jobs, directory, branch) => {
        const named = {
          ...facts,
          repository: `acme/${directory}`,
          branch: `b/${branch.replaceAll(/[\s\p{Cc}]/gu, '')}`,
        }
        expect(errorsOf(renderProgram({ ...named, jobs }))).toEqual([])
      }),
    )
  })
})
