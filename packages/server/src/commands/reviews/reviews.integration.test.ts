import { parseStatement } from '@breakglass/verify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../../tests/support/databases.ts'
import { approveGrant } from '../glass/second-person.ts'
import { answerReview } from './answer-review.ts'
import { reviewOverdueJob } from './open-review.ts'
import { reviewJobs } from './overdue.ts'
import { listReviews, showReview } from './read-reviews.ts'
import { signReview } from './sign-review.ts'
import { dayMs, fullAnswer, makeReviewed, type Reviewed, signOff } from './testing/reviewed.ts'

eachEngine('reviews', makeStore => {
  let on: Reviewed
  beforeAll(async () => {
    on = await makeReviewed(makeStore)
  })
  afterAll(() => on.test.close())

  const answer = (id: string, given = fullAnswer) => answerReview(on.edge, on.acme.ana, id, given)
  const sign = (person: string, id: string, given = signOff) => signReview(on.edge, person, id, given)
  const bodies = async (subject: string, kind: string) => {
    const rows = await on.edge.store.read(rx =>
      rx.db
        .selectFrom('statement')
        .select('jws')
        .where('subject', '=', subject)
        .where('kind', '=', kind)
        .orderBy('seq')
        .execute(),
    )
    return rows.map(({ jws }) => {
      const parsed = parseStatement(jws)
      if (!parsed.ok) throw new Error('expected a statement that can be read')
      return parsed.value.envelope.body
    })
  }
  const overdueJob = (id: string) => on.job(reviewJobs(on.edge), reviewOverdueJob, id)
  const openJobs = (key: string) =>
    on.edge.store.read(rx =>
      rx.db.selectFrom('job').select(['kind', 'run_at']).where('key', '=', key).where('done_at', 'is', null).execute(),
    )
  const alarms = (key: string) =>
    on.edge.store.read(rx =>
      rx.db.selectFrom('alarm').selectAll().where('key', '=', key).where('ended_at', 'is', null).execute(),
    )

  it('shows what is already known, by the field it helps with', async () => {
    const incident = await on.incident()
    const { review } = await on.used({ incident })
    expect(review).toMatchObject({ of: 'use', state: 'due', form: 'full', signOffsNeeded: 1, provisional: false })
    expect(review.prefilled['unusableText']).toContain('payments are down')
    expect(review.prefilled['incident']).toBe(`${incident}, SEV1, confirmed by somebody else`)
    expect(review.prefilled['result']).toContain('refs/heads/main')
    expect(review.prefilled['diffReviewed']).toMatch(/^git diff [0-9a-f]{40} [0-9a-f]{40}$/)
    expect(review.remarks).toContain('Nothing says who wrote the change.')
    expect(review.remarks.filter(remark => remark.includes('FLAGGED'))).toHaveLength(1)
  })

  it('asks the short form of a grant that nobody used', async () => {
    const { review } = await on.unused()
    expect(review).toMatchObject({ of: 'unused_grant', form: 'short', signOffsNeeded: 1 })
    expect(review.prefilled['whyNotNeeded']).toContain('nobody used it')
    await answer(review.id, { whyRequested: 'Payments were down.', whyNotNeeded: 'They came back.' })
    expect(await sign(on.acme.lee, review.id)).toMatchObject({ state: 'signed', late: false })
  })

  it('names the questions that an answer leaves open, and takes nothing of it', async () => {
    const { review } = await on.used()
    await expect(answer(review.id, { ...fullAnswer, seen: ' ', harm: 'some' })).rejects.toMatchObject({
      code: 'bad_input',
      data: { missing: [{ field: 'seen' }, { field: 'harmText' }] },
    })
    expect(await on.kinds(review.id)).toEqual(['review.opened'])
  })

  it('lets only the actor answer, appends corrections, and seals the words', async () => {
    const { review } = await on.used()
    await expect(answerReview(on.edge, on.acme.kofi, review.id, fullAnswer)).rejects.toMatchObject({
      code: 'refused',
      data: { code: 'not_the_actor' },
    })
    await answer(review.id)
    const corrected = await answer(review.id, { ...fullAnswer, seen: 'Payments and payouts were down.' })
    expect(corrected.answer).toMatchObject({ seen: 'Payments and payouts were down.', by: { id: on.acme.ana } })
    expect(corrected.remarks).toContain('The answer was corrected once; every version is on the record.')
    const said = await bodies(review.id, 'review.answered')
    expect(said.map(({ revision }) => revision)).toEqual([1, 2])
    expect(JSON.stringify(said)).not.toContain('payouts')
    const [kept] = await on.edge.store.read(rx =>
      rx.db.selectFrom('review_answer').select('body').where('review_id', '=', review.id).execute(),
    )
    expect(kept?.body).not.toContain('Payments')
  })

  it('shows an erased answer as what was chosen, without its words', async () => {
    const { review } = await on.used()
    await answer(review.id)
    const [said] = await bodies(review.id, 'review.answered')
    const { commit = '' } = (said?.['answer'] ?? {}) as { commit?: string }
    await on.edge.store.transact(tx =>
      tx.db
        .updateTable('sealed_text')
        .set({ salt: null, text: null, erased_at: 1 })
        .where('commitment', '=', commit)
        .execute(),
    )
    const shown = await showReview(on.edge, review.id)
    expect(shown.answer).toMatchObject({ unusable: 'flaky', harm: 'none', minutesLost: 3 })
    expect(shown.answer?.seen).toBeUndefined()
    expect(shown.remarks).toContain('Words of the answer were erased.')
  })

  it('is never signed by the actor, an approver, an author, an administrator, or somebody not on the roster', async () => {
    const incident = await on.incident()
    const grant = await on.open({ gates: ['pay/two'], incident, authors: ['lee@acme.dev'] })
    await approveGrant(on.edge, on.acme.kofi, grant)
    await on.use(grant)
    await on.use(grant)
    const [review] = (await listReviews(on.edge, on.acme.okoro, {})).reviews.filter(one => one.subject === grant)
    const id = review?.id ?? ''
    await answer(id)
    const refusals = [
      [on.acme.ana, 'refused', 'is_actor'],
      [on.acme.kofi, 'refused', 'is_approver'],
      [on.acme.lee, 'refused', 'is_author'],
      [on.acme.admin, 'admin_may_not', 'admin_may_not'],
      [on.acme.mina, 'refused', 'not_a_reviewer'],
    ] as const
    for (const [person, code, why] of refusals) {
      await expect(sign(person, id)).rejects.toMatchObject({ code, data: { code: why } })
    }
    expect(await on.kinds(id)).toEqual(['review.opened', 'review.answered'])
    expect(await sign(on.acme.okoro, id)).toMatchObject({ state: 'signed', signOffs: [{ by: { id: on.acme.okoro } }] })
  })

  it('goes by the roster as of signing: who ended is nobody', async () => {
    const { review } = await on.used()
    await answer(review.id)
    const state = (to: 'ended' | 'active') =>
      on.edge.store.transact(tx =>
        tx.db
          .updateTable('person')
          .set({ state: to, ended_at: to === 'ended' ? 1 : null })
          .where('id', '=', on.acme.lee)
          .execute(),
      )
    await state('ended')
    await expect(sign(on.acme.lee, review.id)).rejects.toMatchObject({ code: 'not_allowed' })
    await state('active')
    expect((await sign(on.acme.lee, review.id)).signOffs).toHaveLength(1)
  })

  it('needs two without a verified incident: the second makes it signed, and each is on the record', async () => {
    const { review } = await on.used()
    expect(review.signOffsNeeded).toBe(2)
    await answer(review.id)
    expect(await sign(on.acme.lee, review.id)).toMatchObject({ state: 'answered' })
    await expect(sign(on.acme.lee, review.id)).rejects.toMatchObject({ data: { code: 'already_signed' } })
    expect(await sign(on.acme.okoro, review.id)).toMatchObject({ state: 'signed' })
    expect(await bodies(review.id, 'review.signed')).toMatchObject([
      { by: on.acme.lee, signOff: 1, complete: false, late: false },
      { by: on.acme.okoro, signOff: 2, complete: true, late: false },
    ])
    await expect(answer(review.id)).rejects.toMatchObject({ code: 'wrong_state' })
  })

  it('takes one signature of two at the same moment where one is needed', async () => {
    const { review } = await on.used({ incident: await on.incident() })
    await answer(review.id)
    const both = await Promise.allSettled([sign(on.acme.lee, review.id), sign(on.acme.okoro, review.id)])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'wrong_state' } })
    expect((await showReview(on.edge, review.id)).signOffs).toHaveLength(1)
  })

  it('counts both of two at the same moment where two are needed', async () => {
    const { review } = await on.used()
    await answer(review.id)
    await Promise.all([sign(on.acme.lee, review.id), sign(on.acme.okoro, review.id)])
    expect(await showReview(on.edge, review.id)).toMatchObject({ state: 'signed' })
    expect((await bodies(review.id, 'review.signed')).map(({ signOff, complete }) => [signOff, complete])).toEqual([
      [1, false],
      [2, true],
    ])
  })

  it('waits for the actor, unless a reviewer states that nobody can ask them', async () => {
    const { review } = await on.used({ incident: await on.incident() })
    await expect(sign(on.acme.lee, review.id)).rejects.toMatchObject({ data: { code: 'not_answered' } })
    const signed = await sign(on.acme.lee, review.id, { ...signOff, actorUnavailable: true })
    expect(signed.state).toBe('signed')
    expect(signed.remarks).toContain('A reviewer states that nobody could be asked.')
  })

  it('takes no signature that contradicts itself', async () => {
    const { review } = await on.used()
    await answer(review.id)
    const wrong = { ...signOff, diffReviewed: false, securityImpact: 'possible' as const, actorUnavailable: true }
    await expect(sign(on.acme.lee, review.id, wrong)).rejects.toMatchObject({
      code: 'bad_input',
      data: {
        faults: [
          expect.stringContaining('diff'),
          expect.stringContaining('security'),
          expect.stringContaining('answered'),
        ],
      },
    })
  })

  it('records what follows under its owner, and remarks on words that judge a person', async () => {
    const { review } = await on.used()
    await answer(review.id)
    const { noFollowUpReason: _, ...rest } = signOff
    const followUp = { owner: 'kofi@acme.dev', dueOn: '2027-01-15', text: 'Repair the flaky test.' }
    const nobody = { ...rest, followUps: [{ ...followUp, owner: 'nobody@acme.dev' }] }
    await expect(sign(on.acme.lee, review.id, nobody)).rejects.toMatchObject({ code: 'unknown_person' })
    const link = 'https://issues.acme.example/7'
    const signed = await sign(on.acme.lee, review.id, {
      ...rest,
      words: 'Ana was careless.',
      followUps: [{ ...followUp, link }],
    })
    expect(signed.signOffs).toMatchObject([{ followUps: [{ owner: 'kofi@acme.dev', link }] }])
    expect(signed.remarks.join(' ')).toContain('“careless”')
    const [said] = await bodies(review.id, 'review.signed')
    const [id] = (said?.['followUps'] ?? []) as string[]
    expect(await bodies(id ?? '', 'followup.recorded')).toMatchObject([
      { review: review.id, by: on.acme.lee, owner: on.acme.kofi, dueOn: '2027-01-15' },
    ])
    const notices = await on.edge.store.read(rx =>
      rx.db
        .selectFrom('notice')
        .select('person_id')
        .where('subject', '=', id ?? '')
        .execute(),
    )
    expect(notices).toEqual([{ person_id: on.acme.kofi }])
  })

  it('lists by due time, and for each those they can answer or sign', async () => {
    const { review } = await on.used()
    const mine = async (person: string) =>
      (await listReviews(on.edge, person, { mine: 'true' })).reviews.map(({ id }) => id)
    expect(await mine(on.acme.ana)).toContain(review.id)
    expect(await mine(on.acme.lee)).toContain(review.id)
    expect(await mine(on.acme.kofi)).not.toContain(review.id)
    await answer(review.id)
    expect(await mine(on.acme.ana)).not.toContain(review.id)
    const { reviews } = await listReviews(on.edge, on.acme.ana, { state: 'all' })
    const dueTimes = reviews.flatMap(({ dueAt }) => dueAt ?? [])
    expect(dueTimes).toEqual([...dueTimes].sort())
    expect(
      (await listReviews(on.edge, on.acme.ana, { state: 'signed' })).reviews.every(one => one.state === 'signed'),
    ).toBe(true)
  })

  it('knows no review that is not there', async () => {
    const unknown = 'rv_00000000000000000000000000'
    await expect(showReview(on.edge, unknown)).rejects.toMatchObject({ code: 'not_found' })
    await expect(answer(unknown)).rejects.toMatchObject({ code: 'not_found' })
    await expect(sign(on.acme.lee, unknown)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('passes its due time once, tells people and alarms, and stays late after it is signed', async () => {
    const { review } = await on.used()
    expect(await openJobs(review.id)).toEqual([{ kind: reviewOverdueJob, run_at: Date.parse(review.dueAt ?? '') + 1 }])
    const early = await overdueJob(review.id)
    expect(early).toEqual({ againAt: Date.parse(review.dueAt ?? '') + 1 })
    on.pass(8 * dayMs)
    expect(await showReview(on.edge, review.id)).toMatchObject({ overdue: true, late: true })
    await overdueJob(review.id)
    await overdueJob(review.id)
    expect(await bodies(review.id, 'review.overdue')).toMatchObject([
      { answered: false, signOffs: 0, told: [on.acme.mina, on.acme.okoro, on.acme.lee].sort() },
    ])
    expect(await alarms(review.id)).toMatchObject([{ kind: 'review_overdue' }])
    const told = await on.edge.store.read(rx =>
      rx.db.selectFrom('notice').select('person_id').where('subject', '=', review.id).execute(),
    )
    expect(told.map(({ person_id }) => person_id)).toContain(on.acme.ana)
    await answer(review.id)
    await sign(on.acme.lee, review.id)
    const signed = await sign(on.acme.okoro, review.id)
    expect(signed).toMatchObject({ state: 'signed', overdue: false, late: true })
    expect((await bodies(review.id, 'review.signed')).map(({ late }) => late)).toEqual([true, true])
    expect(await alarms(review.id)).toEqual([])
    expect(await openJobs(review.id)).toEqual([])
  })

  it('is late too when it is signed late before anybody recorded that it was overdue', async () => {
    const { review } = await on.used({ incident: await on.incident() })
    await answer(review.id)
    on.pass(8 * dayMs)
    expect(await sign(on.acme.lee, review.id)).toMatchObject({ state: 'signed', late: true })
    await overdueJob(review.id)
    expect(await on.kinds(review.id)).not.toContain('review.overdue')
  })
})
