import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isShut, type Patch, type RunAsIs, reconcile } from './reconcile.ts'
import type { CheckState } from './state.ts'

const a = 'a'.repeat(40)
const app = '7'

const red: CheckState = {
  gate: 'build',
  name: 'gate/build',
  commit: a,
  status: 'completed',
  conclusion: 'failure',
  title: 'Failed',
  summary: 'Tests failed.',
  actions: [],
  externalId: 'result',
}
const green: CheckState = { ...red, conclusion: 'success', title: 'Opened by a grant', externalId: 'grant:g_1' }
const { conclusion: _, ...rest } = red
const waiting: CheckState = { ...rest, status: 'queued', title: 'Waiting' }

const run = (state: CheckState, fields: Partial<RunAsIs> = {}): RunAsIs => ({
  id: '1',
  name: state.name,
  commit: state.commit,
  app,
  status: state.status,
  conclusion: state.conclusion,
  title: state.title,
  summary: state.summary,
  externalId: state.externalId,
  ...fields,
})

const short = (patches: readonly Patch[]) =>
  patches.map(patch =>
    patch.do === 'create'
      ? `create ${patch.fields.conclusion ?? patch.fields.status}`
      : `${patch.run} ${patch.why} ${patch.fields.conclusion ?? patch.fields.status}`,
  )

describe('what has to be done so that the forge shows what should be', () => {
  it.each<[string, RunAsIs[], CheckState[], string[]]>([
    ['nothing is there yet', [], [red], ['create failure']],
    ['all is as it should be', [run(red)], [red], []],
    ['a grant opened it', [run(red)], [green], ['1 differs success']],
    ['another grant opens it now', [run(green)], [{ ...green, externalId: 'grant:g_2' }], ['1 differs success']],
    ['a grant ended', [run(green)], [red], ['1 differs failure']],
    // Nothing expires a green run: it has to be taken back, and red is as shut.
    ['a grant ended while the check is still running', [run(green)], [waiting], ['1 differs failure']],
    ['and once it is red, it stays', [run(red, { title: 'Waiting' })], [waiting], []],
    [
      'it was asked for again: the run was reset',
      [run(red, { status: 'queued', conclusion: undefined })],
      [red],
      ['1 differs failure'],
    ],
    ['it waits, and runs already', [run(waiting, { status: 'in_progress' })], [waiting], []],
    ['a duplicate', [run(green), run(red, { id: '2' })], [green], ['2 duplicate success']],
    [
      'two duplicates that are both open',
      [run(green), run(green, { id: '2' })],
      [red],
      ['1 differs failure', '2 duplicate failure'],
    ],
    ['opened, and nothing asks for it', [run(green)], [], ['1 left_open failure']],
    ['waived, and nothing asks for it', [run(green, { externalId: 'waiver:w_1' })], [], ['1 left_open failure']],
    ['let through, and nothing asks for it', [run(green, { externalId: 'window:v_1' })], [], ['1 left_open failure']],
    ['neutral is open as well', [run(green, { conclusion: 'neutral' })], [], ['1 left_open failure']],
    ['passed by itself, and nothing asks for it', [run(green, { externalId: 'result' })], [], []],
    ['red, and nothing asks for it', [run(green, { conclusion: 'failure' })], [], []],
    ['only a run of another app is there', [run(green, { app: '8' })], [red], ['create failure']],
    ['a list without words', [run(red, { title: undefined, summary: undefined, externalId: undefined })], [red], []],
  ])('%s', (_, runs, wanted, patches) => {
    expect(short(reconcile(runs, wanted, app).patches)).toEqual(patches)
  })

  it('names runs of ours that others set, and patches none of them', () => {
    const forged = run(green, { id: '5', app: '8' })
    const unknown = run(green, { id: '6', app: undefined })
    const other = run(green, { id: '7', app: '8', name: 'lint' })
    const { foreign, patches } = reconcile([forged, unknown, other, run(red)], [red], app)
    expect(foreign.map(({ id }) => id)).toEqual(['5', '6'])
    expect(patches).toEqual([])
  })

  const aState = fc.record({
    state: fc.constantFrom(red, green, waiting),
    name: fc.constantFrom('gate/build', 'gate/lint'),
  })
  const aRun = fc.record({
    state: fc.constantFrom(red, green, waiting),
    name: fc.constantFrom('gate/build', 'gate/lint', 'lint'),
    app: fc.constantFrom('7', '8', undefined),
    conclusion: fc.constantFrom('success', 'failure', 'neutral', undefined),
  })
  it('leaves nothing to do once it is done, and no gate open that should not be', () => {
    fc.assert(
      fc.property(
        fc.array(aRun, { maxLength: 8 }),
        fc.uniqueArray(aState, { selector: ({ name }) => name }),
        (made, asked) => {
          const runs = made.map(({ state, ...fields }, i) => run(state, { ...fields, id: String(i) }))
          const wanted = asked.map(({ state, name }) => ({ ...state, name }))
          const after = applied(runs, reconcile(runs, wanted, app).patches)
          expect(reconcile(after, wanted, app).patches).toEqual([])
          for (const { name, commit, conclusion } of wanted)
            expect(isShut(after, { name, commit, app })).toBe(conclusion !== 'success')
        },
      ),
    )
  })
})

function applied(runs: readonly RunAsIs[], patches: readonly Patch[]): RunAsIs[] {
  const created = patches.flatMap((patch, i) =>
    patch.do === 'create'
      ? { id: `new ${i}`, name: patch.name, commit: patch.commit, app, conclusion: undefined, ...patch.fields }
      : [],
  )
  return runs
    .map(run => {
      const patch = patches.find(patch => patch.do === 'update' && patch.run === run.id)
      return patch ? { ...run, conclusion: undefined, ...patch.fields } : run
    })
    .concat(created)
}

describe('shut', () => {
  it.each([
    [true, []],
    [true, [run(red)]],
    [false, [run(green)]],
    [false, [run(red), run(green, { id: '2' })]],
    [false, [run(green, { conclusion: 'skipped' })]],
    // Another gate, another commit, another app: not ours to confirm here.
    [true, [run(green, { name: 'gate/lint' }), run(green, { commit: 'b' }), run(green, { app: '8' })]],
  ])('is %s for what was read back', (expected, runs) => {
    expect(isShut(runs, { name: 'gate/build', commit: a, app })).toBe(expected)
  })
})
