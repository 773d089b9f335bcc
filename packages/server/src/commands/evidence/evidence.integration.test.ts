import { contract } from '@breakglass/core/contract'
import type { BreakglassError } from '@breakglass/core/errors'
import { formatId } from '@breakglass/core/ids'
import { msToInstant, parseStatement, parseTrust, verifyExport } from '@breakglass/verify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../../tests/support/databases.ts'
import { act } from '../../edge/edge.ts'
import { requireProgram } from '../../facts/program.ts'
import { currentTrustText } from '../../trust/publish-trust.ts'
import { detectFinding } from '../findings/detect-finding.ts'
import { resolveFinding } from '../findings/resolve-finding.ts'
import { announceVoid, announceVoidJob } from '../glass/go-live.ts'
import { approveGrant } from '../glass/second-person.ts'
import { answerReview } from '../reviews/answer-review.ts'
import { showReview } from '../reviews/read-reviews.ts'
import { signReview } from '../reviews/sign-review.ts'
import { commitNumber, dayMs, fullAnswer, makeReviewed, type Reviewed, signOff } from '../reviews/testing/reviewed.ts'
import { chainsOf } from './chains.ts'
import { exportOf } from './export-of.ts'
import { type EvidenceQuery, queryEvidence } from './query-evidence.ts'
import { showStatement, subjectStatements } from './statements.ts'

eachEngine('evidence', makeStore => {
  let on: Reviewed
  beforeAll(async () => {
    on = await makeReviewed(makeStore)
  })
  afterAll(() => on.test.close())

  const period = (given: Partial<EvidenceQuery> = {}): EvidenceQuery => ({
    from: msToInstant(on.edge.nowMs() - 30 * dayMs),
    to: msToInstant(on.edge.nowMs() + dayMs),
    ...given,
  })
  const read = async (given: Partial<EvidenceQuery> = {}) => {
    const evidence = await queryEvidence(on.edge, on.acme.mina, period(given))
    // Exactly what the contract promises, also where the store has never seen such a row.
    return contract.queryEvidence.reply.parse(JSON.parse(JSON.stringify(evidence)))
  }
  const trust = async () => {
    const parsed = parseTrust(await on.edge.store.read(currentTrustText))
    if (!parsed.ok) throw new Error('expected trust that can be read')
    return parsed.value
  }
  const verified = async (file: unknown) => {
    const verdict = verifyExport(JSON.stringify(file), await trust())
    if (!verdict.ok) throw new Error(JSON.stringify(verdict.faults))
    return verdict.value
  }
  /** Everything that was said stands in the ledger by then. */
  const logged = async () => {
    const rows = await on.edge.store.read(rx =>
      rx.db
        .selectFrom('statement')
        .select('sid')
        .where('ledger_index', 'is', null)
        .where('withheld_at', 'is', null)
        .execute(),
    )
    const sids = rows.map(({ sid }) => sid)
    if (sids.length > 0) expect(await on.edge.outbox.waitFor(sids, on.edge.nowMs() + 10_000)).toBe(true)
  }
  const rowsOf = async (grant: string) => (await read()).rows.filter(row => row.grant === grant)
  const kindsOfReader = async () => (await on.kinds(on.acme.mina)).filter(kind => kind === 'evidence.read').length

  it('holds a use with its record, its review and its statements, all of which a stranger can verify', async () => {
    const incident = await on.incident()
    const { grant, review } = await on.used({ incident })
    await answerReview(on.edge, on.acme.ana, review.id, fullAnswer)
    const { noFollowUpReason: _, ...rest } = signOff
    const followUps = [
      { owner: 'kofi@acme.dev', dueOn: '2027-01-15', text: 'Repair it.', link: 'https://issues.acme.example/7' },
    ]
    await signReview(on.edge, on.acme.lee, review.id, { ...rest, followUps })
    await logged()
    const evidence = await read({ proofs: 'true' })
    const row = evidence.rows.find(one => one.grant === grant)
    expect(row).toMatchObject({
      id: `${grant}/1`,
      record: 'use',
      actor: { id: on.acme.ana, name: 'Ana' },
      gate: 'pay/tests',
      gateClass: 'quality',
      repository: { name: 'acme/pay' },
      at: { name: 'pay hook', enforcement: 'enforced' },
      program: on.acme.program,
      use: 1,
      uses: 1,
      reportedLate: false,
      justification: { state: 'present' },
      incident: { id: incident, severity: 'SEV1', verified: true },
      review: {
        id: review.id,
        state: 'signed',
        late: false,
        decision: 'retro_approved',
        unusable: 'flaky',
        result: fullAnswer.result,
        reviewers: [{ id: on.acme.lee, name: 'Lee' }],
        followUps: [{ owner: { id: on.acme.kofi }, dueOn: '2027-01-15' }],
      },
      laterResult: 'unknown',
    })
    expect(row?.keeps).toContainEqual({ gate: 'pay/smoke', stood: 'passed' })
    const kinds = row?.statements.map(({ kind }) => kind) ?? []
    for (const kind of [
      'incident.opened',
      'glass.granted',
      'glass.used',
      'glass.shut',
      'review.signed',
      'followup.recorded',
    ]) {
      expect(kinds).toContain(kind)
    }
    const indexes = row?.statements.map(({ index }) => index ?? -1) ?? []
    expect(indexes).toEqual([...indexes].sort((a, b) => a - b))
    const verdict = await verified(evidence)
    expect(verdict.faults).toEqual([])
    expect(verdict.entries).toHaveLength(evidence.entries?.length ?? 0)
    expect(verdict.texts.filter(({ state }) => state !== 'present')).toEqual([])
    expect(verdict.texts.length).toBeGreaterThan(5)
    const proven = new Set(verdict.entries.map(({ sid }) => sid))
    expect(row?.statements.every(({ sid }) => proven.has(sid))).toBe(true)
  })

  it('shows an erased text as erased, and every proof stays valid', async () => {
    const { grant } = await on.used()
    await logged()
    await on.edge.store.transact(async tx => {
      const { justification_commit } = await tx.db
        .selectFrom('glass')
        .select('justification_commit')
        .where('id', '=', grant)
        .executeTakeFirstOrThrow()
      await tx.db
        .updateTable('sealed_text')
        .set({ salt: null, text: null, erased_at: on.edge.nowMs() })
        .where('commitment', '=', justification_commit)
        .execute()
    })
    const evidence = await read({ proofs: 'true' })
    expect(evidence.rows.find(one => one.grant === grant)?.justification).toEqual({ state: 'erased' })
    const verdict = await verified(evidence)
    expect(verdict.faults).toEqual([])
    // The request and the grant commit to the same text.
    expect(verdict.texts.filter(({ state }) => state === 'erased')).toHaveLength(2)
  })

  it('fails to verify when a word of it was changed', async () => {
    const evidence = await read({ proofs: 'true' })
    const [first, ...others] = evidence.texts ?? []
    const altered = { ...evidence, texts: [{ ...first, text: 'something else' }, ...others] }
    expect((await verified(altered)).faults.map(({ code }) => code)).toContain('altered_text')
  })

  it('counts each use of a grant on its own, and its grant and review once', async () => {
    const before = await read()
    const incident = await on.incident()
    const asked = await on.open({ gates: ['pay/two'], incident })
    await approveGrant(on.edge, on.acme.kofi, asked)
    await on.use(asked)
    await on.use(asked)
    const after = await read()
    expect((await rowsOf(asked)).map(({ id, use }) => [id, use])).toEqual([
      [`${asked}/1`, 1],
      [`${asked}/2`, 2],
    ])
    expect(after.counts.uses - before.counts.uses).toBe(2)
    expect(after.counts.grants - before.counts.grants).toBe(1)
    expect(after.counts.reviewsDue - before.counts.reviewsDue).toBe(1)
  })

  it('holds unused grants, refusals and void grants beside the uses', async () => {
    const { grant: unused } = await on.unused()
    const refused = await on.open({ gates: ['pay/two'] })
    expect(await rowsOf(unused)).toMatchObject([{ record: 'unused_grant', review: { state: 'due' } }])
    expect(await rowsOf(refused)).toMatchObject([
      { record: 'refused', refusalCode: 'no_incident', told: [], statements: [{ kind: 'glass.refused' }] },
    ])
  })

  it('holds a grant that never worked as void, and the gap in its chain is no fault', async () => {
    const { append } = on.test.client
    on.test.client.append = () => Promise.reject(new Error('the ledger is down'))
    const failure = await on.open().catch((error: BreakglassError) => error)
    on.test.client.append = append
    expect(failure).toMatchObject({ code: 'ledger_unavailable', data: { void: [expect.any(String)] } })
    const [voided] = (await read()).rows.filter(({ record }) => record === 'voided')
    await on.job({ [announceVoidJob]: announceVoid(on.edge) }, announceVoidJob, voided?.id ?? '')
    await logged()
    const evidence = await read({ proofs: 'true' })
    const [row] = evidence.rows.filter(({ record }) => record === 'voided')
    expect(row).toMatchObject({ review: { state: 'closed_by_system' }, statements: expect.any(Array) })
    // What was withheld has a leaf hash, which the voiding names, and no place in the ledger.
    const placed = new Map(row?.statements.map(({ kind, index }) => [kind, index]))
    expect(placed.get('glass.granted')).toBeUndefined()
    expect(placed.get('glass.voided')).toBeTypeOf('number')
    expect(evidence.counts).toMatchObject({ voided: 1 })
    expect((await verified(evidence)).faults).toEqual([])
  })

  it('holds what was found, with nobody as its actor', async () => {
    const finding = await act(on.edge, async run => {
      const { published } = await requireProgram(run.tx)
      const gate = published.program.gates['pay/tests']
      if (!gate) throw new Error('expected the gate')
      const point = await run.tx.db
        .selectFrom('point')
        .selectAll()
        .where('id', '=', on.acme.point)
        .executeTakeFirstOrThrow()
      return detectFinding(run, {
        kind: 'landed_without_hook',
        confidence: 'likely',
        point,
        ref: 'refs/heads/main',
        new: commitNumber(77),
        gates: [gate],
        program: published,
        happenedMs: run.atMs,
        whileOff: true,
      })
    })
    const row = (await read()).rows.find(one => one.finding === finding)
    expect(row).toMatchObject({ record: 'finding', gate: 'pay/tests', whileOff: true, review: { state: 'due' } })
    expect(row?.actor).toBeUndefined()
    expect(row?.statements.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['finding.detected', 'review.opened']),
    )
    const review = row?.review?.id ?? ''
    const shown = await showReview(on.edge, review)
    expect(shown.remarks).toContain('The finding is likely, not certain.')
    expect(shown.prefilled['result']).toContain(`${commitNumber(77)} landed on refs/heads/main`)
    // Whoever explained it has answered for it; so has whoever answers: neither signs.
    await resolveFinding(on.edge, on.acme.okoro, finding, 'The hook was being moved to another machine.')
    await answerReview(on.edge, on.acme.lee, review, fullAnswer)
    for (const person of [on.acme.okoro, on.acme.lee]) {
      await expect(signReview(on.edge, person, review, signOff)).rejects.toMatchObject({
        data: { code: 'is_answerer' },
      })
    }
  })

  it('refuses an export that no verifier would read whole', async () => {
    const { grant } = await on.used()
    const exported = (limit: number) => on.edge.store.read(async rx => exportOf(rx, await chainsOf(rx, [grant]), limit))
    await logged()
    const whole = await exported(1_000_000)
    const bytes = [whole.entries, whole.texts, whole.documents]
      .flat()
      .map(item => Buffer.byteLength(JSON.stringify(item)) + 1)
    const size = bytes.reduce((sum, length) => sum + length, 0)
    expect(await exported(size)).toEqual(whole)
    await expect(exported(size - 1)).rejects.toMatchObject({ code: 'too_large' })
  })

  it('takes the period from its first instant up to its last without it, and one gate of it', async () => {
    const { grant } = await on.used()
    const [row] = await rowsOf(grant)
    const usedAt = row?.usedAt ?? ''
    const next = msToInstant(Date.parse(usedAt) + 1)
    const has = (evidence: Awaited<ReturnType<typeof read>>) => evidence.rows.some(one => one.grant === grant)
    expect(has(await read({ from: usedAt, to: next }))).toBe(true)
    expect(has(await read({ to: usedAt }))).toBe(false)
    expect(has(await read({ from: next }))).toBe(false)
    expect(has(await read({ gate: 'pay/tests' }))).toBe(true)
    expect(has(await read({ gate: 'pay/two' }))).toBe(false)
    await expect(read({ from: next, to: usedAt })).rejects.toMatchObject({ code: 'bad_input' })
    await expect(read({ from: '2026-02-31T00:00:00.000Z' })).rejects.toMatchObject({ code: 'bad_input' })
  })

  it('leaves a record of the reader, and shows nothing of itself', async () => {
    const times = await kindsOfReader()
    const first = await read()
    const second = await read()
    expect(second.rows.length).toBe(first.rows.length)
    expect(await kindsOfReader()).toBe(times + 2)
    const { entries } = await subjectStatements(on.edge, on.acme.mina)
    const bodies = entries.flatMap(({ statement }) => {
      const parsed = parseStatement(statement)
      return parsed.ok && parsed.value.envelope.kind === 'evidence.read' ? [parsed.value.envelope.body] : []
    })
    expect(bodies[0]).toMatchObject({ by: on.acme.mina, withProofs: true })
  })

  it('shows nothing when the ledger cannot be asked for its head, and nothing was read then', async () => {
    const times = await kindsOfReader()
    const { head } = on.test.client
    on.test.client.head = () => Promise.reject(Object.assign(new Error('down'), { code: 'ledger_unavailable' }))
    await expect(read()).rejects.toMatchObject({ code: 'ledger_unavailable' })
    on.test.client.head = head
    expect(await kindsOfReader()).toBe(times)
  })

  it('gives one statement, and the whole chain of one subject', async () => {
    const { grant } = await on.used()
    await logged()
    const chain = await subjectStatements(on.edge, grant)
    const verdict = await verified(chain)
    expect(verdict.faults).toEqual([])
    expect(verdict.entries.map(({ kind }) => kind)).toEqual(await on.kinds(grant))
    const [entry] = verdict.entries
    const one = await showStatement(on.edge, entry?.sid ?? '')
    expect(one).toEqual({ logged: chain.entries[0], index: entry?.index })
  })

  it('knows nothing of what was never said', async () => {
    const unknown = formatId('statement', new Uint8Array(16).fill(3))
    await expect(showStatement(on.edge, unknown)).rejects.toMatchObject({ code: 'not_found' })
    await expect(subjectStatements(on.edge, 'g_unknown')).rejects.toMatchObject({ code: 'not_found' })
  })
})
