import { formatId } from '@breakglass/core/ids'
import { encodeBase64url, signerFromSeed } from '@breakglass/verify'
import { invitePerson } from '../commands/people/invite-person.ts'
import { redeemInvitation } from '../commands/people/redeem-invitation.ts'
import { publishProgram } from '../commands/program/publish-program.ts'
import { offerFirstAdministrator } from '../commands/founding/found.ts'
import type { Edge } from '../edge/edge.ts'

/** The people and the program that tests beside the code share. */
export interface TestOrganization {
  admin: string
  mina: string
  okoro: string
  ana: string
  kofi: string
  lee: string
  point: string
  repository: string
  program: string
}

export const testProgram = `organization: acme
timezone: Europe/Berlin
owners: [mina@acme.dev, okoro@acme.dev]
widening_delay: 1h
groups:
  on-call: { members: [ana@acme.dev, kofi@acme.dev] }
  reviewers: { members: [lee@acme.dev, okoro@acme.dev] }
gates:
  pay/tests:
    boundary: merge
    class: quality
    protects: Regressions of the payment flow.
    on: { repositories: [acme/pay], branches: [main] }
    check: tests
    owner: reviewers
    break_glass: { who: [on-call], incident: optional, second_person: none, ttl: 30m, uses: 1, offline: true }
  pay/two:
    boundary: merge
    class: quality
    protects: What two people look at.
    on: { repositories: [acme/pay], branches: [main] }
    check: two
    owner: reviewers
    break_glass: { who: [on-call], incident: { at_least: SEV2 }, second_person: required, ttl: 30m, uses: 2 }
  pay/solo:
    boundary: merge
    class: quality
    protects: What goes solo after a while.
    on: { repositories: [acme/pay], branches: [main] }
    check: solo
    owner: reviewers
    break_glass: { who: [on-call], incident: optional, second_person: { wait: 5m }, ttl: 30m, uses: 1 }
  pay/smoke:
    boundary: merge
    class: control
    protects: The last net.
    on: { repositories: [acme/pay], branches: [main] }
    check: smoke
    owner: reviewers
    break_glass: never
reviews: { due: 2 business days, reviewers: [reviewers], escalate: [owners] }
`

/** Invites, signs in and publishes through the real commands; only the point's row is made by hand. */
export async function makeTestOrganization(edge: Edge): Promise<TestOrganization> {
  const link = await offerFirstAdministrator(edge)
  const admin = (await redeemInvitation(edge, { code: link?.split('#')[1] ?? '' })).person.id
  const person = async (name: string, roles: readonly 'owner'[] = []) => {
    const email = `${name.toLowerCase()}@acme.dev`
    const { code } = await invitePerson(edge, admin, { email, name, roles, kind: 'human' })
    return (await redeemInvitation(edge, { code })).person.id
  }
  const [mina, okoro] = [await person('Mina', ['owner']), await person('Okoro')]
  const [ana, kofi, lee] = [await person('Ana'), await person('Kofi'), await person('Lee')]
  const pointKey = signerFromSeed(edge.randomBytes(32))
  const point = formatId('point', edge.randomBytes(16))
  const repository = 'git/git.acme.dev/r_pay'
  await edge.store.transact(async tx => {
    const where = { forge: 'git', host: 'git.acme.dev', id: 'r_pay', name: 'acme/pay' }
    await tx.db
      .insertInto('repository')
      .values({ key: repository, ...where, properties: '{}', registered_at: edge.nowMs() })
      .execute()
    await tx.db
      .insertInto('point')
      .values({
        id: point,
        name: 'pay hook',
        kind: 'git_hook',
        enforcement: 'enforced',
        repository_key: repository,
        public_key: encodeBase64url(pointKey.publicKey),
        kid: pointKey.kid,
        event_prev: null,
        registered_at: edge.nowMs(),
        last_seen_at: null,
        ended_at: null,
      })
      .execute()
  })
  const published = await publishProgram(edge, mina, { file: 'breakglass.yaml', text: testProgram, files: {} })
  return { admin, mina, okoro, ana, kofi, lee, point, repository, program: published.version.digest }
}
