import { createCheckRun, type CheckFields, updateCheckRun } from '../actions/checks.ts'
import { commitOf } from '../git.ts'
import type { Json } from '../description.ts'
import * as render from '../render.ts'
import * as rendered from '../render-rules.ts'
import { matches, rulesetsOf } from '../rules.ts'
import type { CheckRun, Pull, Repository } from '../state.ts'
import { covers, digest, instant } from '../world.ts'
import { repositoryFor } from './caller.ts'
import { ApiError, type Call, type Handler, members, ok, page } from './reply.ts'

const tokenMs = 3_600_000

/** What is read: with a lag, the world as it was. */
const viewOf = ({ fake: { world } }: Call) => ({ state: world.seen(), origin: world.origin })
/** What is written to. */
const forgeOf = ({ fake: { world, deliveries } }: Call) => ({ world, deliveries })

function repositoryOf(call: Call, permission: string, level: 'read' | 'write' = 'read'): Repository {
  const { owner = '', repo = '' } = call.parameters
  return repositoryFor(call.fake, call.caller, { owner, repo, permission, level })
}

/** As a reader sees it. */
const seen = (call: Call, { id }: Repository): Repository => viewOf(call).state.repositories.get(id) ?? gone()
const gone = (): never => {
  throw new ApiError(404, 'Not Found')
}

const at = (call: Call, permission: string) => seen(call, repositoryOf(call, permission))

function shaOf(repository: Repository, ref: string): string {
  const sha = repository.refs.get(`refs/heads/${ref}`) ?? repository.refs.get(ref) ?? ref
  if (!repository.objects.has(sha)) throw new ApiError(422, `No commit found for SHA: ${ref}`)
  return sha
}

function pullOf(repository: Repository, number: string | undefined): Pull {
  return repository.pulls.get(Number(number)) ?? gone()
}

function fieldsOf(call: Call): CheckFields {
  const { head_sha: _, ...fields } = members(call)
  return fields as CheckFields
}

const runOf = (repository: Repository, id: string | undefined): CheckRun =>
  repository.checkRuns.find(one => one.id === Number(id)) ?? gone()

const newToken: Handler = call => {
  const { fake, caller, parameters } = call
  const installation = fake.world.state.installations.get(Number(parameters['installation_id']))
  if (!installation || installation.app !== caller.app.slug || caller.installation) throw new ApiError(404, 'Not Found')
  if (installation.suspendedAt !== null) throw new ApiError(403, 'This installation has been suspended')
  const { permissions, repository_ids: repositories } = members(call)
  for (const [name, level] of Object.entries((permissions ?? {}) as Record<string, string>)) {
    const held = caller.app.permissions[name]
    if (held === undefined || (level === 'write' && held !== 'write')) {
      throw new ApiError(422, 'The permissions requested are not granted to this installation.')
    }
  }
  const expiresAt = fake.world.clock.now() + tokenMs
  const token = `ghs_${digest(`token ${fake.world.id()}`).slice(0, 36)}`
  fake.world.state.tokens.set(token, {
    installation: installation.id,
    login: `${caller.app.slug}[bot]`,
    expiresAt,
    ...(permissions ? { permissions: permissions as Record<string, string> } : {}),
    ...(repositories ? { repositories: repositories as number[] } : {}),
  })
  return {
    status: 201,
    body: { token, expires_at: instant(expiresAt), permissions: permissions ?? caller.app.permissions },
  }
}

const branchRules: Handler = call => {
  const repository = at(call, 'metadata')
  const branch = call.parameters['branch'] ?? ''
  const active = rulesetsOf(viewOf(call).state, repository, branch).filter(
    ({ enforcement }) => enforcement === 'active',
  )
  const rules = active.flatMap(one =>
    one.rules.map(rule => ({
      ...rule,
      ruleset_source_type: one.sourceType,
      ruleset_source: one.source,
      ruleset_id: one.id,
    })),
  )
  return page(call, rules as Json[])
}

const protection: Handler = call => {
  const repository = at(call, 'administration')
  const branch = call.parameters['branch'] ?? ''
  if (!repository.refs.has(`refs/heads/${branch}`)) throw new ApiError(404, 'Branch not found')
  const found = [...repository.protections.values()].find(({ pattern }) => matches(pattern, branch))
  if (!found) throw new ApiError(404, 'Branch not protected')
  return ok(rendered.protection(viewOf(call), repository, branch, found))
}

const inState = (call: Call, { isOpen }: Pull): boolean => {
  const wanted = call.query.get('state') ?? 'open'
  return wanted === 'all' || wanted === (isOpen ? 'open' : 'closed')
}

/** By operation of the description; what is not here is answered with 501, so that a test notices. */
export const handlers: Record<string, Handler> = {
  'GET /app': call => ok(render.app(viewOf(call), call.caller.app.slug)),
  'GET /app/installations': call =>
    page(
      call,
      [...viewOf(call).state.installations.values()]
        .filter(({ app }) => app === call.caller.app.slug)
        .map(one => render.installation(viewOf(call), one)),
    ),
  'POST /app/installations/{installation_id}/access_tokens': newToken,
  'GET /installation/repositories': call => {
    const { installation } = call.caller
    if (!installation) throw new ApiError(403, 'Resource not accessible by integration')
    const all = [...viewOf(call).state.repositories.values()].filter(one => covers(installation, one))
    const bodies = all.map(one => render.repository(viewOf(call), one))
    return page(call, bodies, repositories => ({ total_count: all.length, repositories }))
  },
  'GET /repos/{owner}/{repo}': call => ok(render.repository(viewOf(call), at(call, 'metadata'))),
  'GET /repos/{owner}/{repo}/pulls': call => {
    const repository = at(call, 'pull_requests')
    const newest = [...repository.pulls.values()].filter(one => inState(call, one)).toReversed()
    return page(
      call,
      newest.map(one => render.pull(viewOf(call), repository, one)),
    )
  },
  'GET /repos/{owner}/{repo}/pulls/{pull_number}': call => {
    const repository = at(call, 'pull_requests')
    return ok(render.pull(viewOf(call), repository, pullOf(repository, call.parameters['pull_number'])))
  },
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews': call => {
    const repository = at(call, 'pull_requests')
    const pull = pullOf(repository, call.parameters['pull_number'])
    return page(
      call,
      pull.reviews.map(one => render.review(viewOf(call), repository, pull, one)),
    )
  },
  'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls': call => {
    const repository = at(call, 'pull_requests')
    const sha = call.parameters['commit_sha'] ?? ''
    const found = [...repository.pulls.values()].filter(one => one.head.sha === sha || one.mergeCommitSha === sha)
    return page(
      call,
      found.map(one => render.pull(viewOf(call), repository, one)),
    )
  },
  'GET /repos/{owner}/{repo}/commits/{ref}': call => {
    const repository = at(call, 'contents')
    return ok(render.commit(viewOf(call), repository, shaOf(repository, call.parameters['ref'] ?? '')))
  },
  'GET /repos/{owner}/{repo}/commits/{ref}/check-runs': call => {
    const repository = at(call, 'checks')
    const sha = shaOf(repository, call.parameters['ref'] ?? '')
    const name = call.query.get('check_name')
    const runs = repository.checkRuns.filter(one => one.headSha === sha && (name === null || one.name === name))
    const bodies = runs.toReversed().map(one => render.checkRun(viewOf(call), repository, one))
    return page(call, bodies, check_runs => ({ total_count: runs.length, check_runs }))
  },
  'GET /repos/{owner}/{repo}/commits/{ref}/statuses': call => {
    const repository = at(call, 'statuses')
    const sha = shaOf(repository, call.parameters['ref'] ?? '')
    const all = repository.statuses.filter(one => one.sha === sha).toReversed()
    return page(
      call,
      all.map(one => render.status(viewOf(call), one)),
    )
  },
  'POST /repos/{owner}/{repo}/check-runs': call => {
    const repository = repositoryOf(call, 'checks', 'write')
    const sha = String(members(call)['head_sha'])
    commitOf(repository.objects, shaOf(repository, sha))
    const fields = fieldsOf(call)
    const run = createCheckRun(forgeOf(call), repository, call.caller.app.slug, sha, {
      ...fields,
      name: fields.name ?? '',
    })
    return { status: 201, body: render.checkRun(viewOf(call), repository, run) }
  },
  'GET /repos/{owner}/{repo}/check-runs/{check_run_id}': call => {
    const repository = at(call, 'checks')
    return ok(render.checkRun(viewOf(call), repository, runOf(repository, call.parameters['check_run_id'])))
  },
  'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}': call => {
    const repository = repositoryOf(call, 'checks', 'write')
    const run = runOf(repository, call.parameters['check_run_id'])
    if (run.app !== call.caller.app.slug)
      throw new ApiError(403, 'Invalid app_id `0` - check run can only be modified by the GitHub App that created it.')
    updateCheckRun(forgeOf(call), repository, run, fieldsOf(call))
    return ok(render.checkRun(viewOf(call), repository, run))
  },
  'GET /repos/{owner}/{repo}/rules/branches/{branch}': branchRules,
  'GET /repos/{owner}/{repo}/branches/{branch}/protection': protection,
  'GET /repos/{owner}/{repo}/rulesets': call =>
    page(
      call,
      at(call, 'metadata').rulesets.map(one => rendered.ruleset(viewOf(call), one, { withBypass: false })),
    ),
  'GET /repos/{owner}/{repo}/rulesets/{ruleset_id}': call => {
    const repository = at(call, 'metadata')
    const { rulesets } = repository
    const found = rulesets.find(({ id }) => id === Number(call.parameters['ruleset_id'])) ?? gone()
    // Only whoever may write a ruleset sees who may go around it.
    const withBypass = call.caller.permissions['administration'] === 'write'
    return ok(rendered.ruleset(viewOf(call), found, { withBypass }))
  },
  'GET /repos/{owner}/{repo}/activity': call => {
    const repository = at(call, 'contents')
    const ref = call.query.get('ref')
    const all = repository.activity.filter(one => ref === null || one.ref === ref || one.ref === `refs/heads/${ref}`)
    return page(
      call,
      all.toReversed().map(one => rendered.activity(viewOf(call), one)),
    )
  },
  'GET /repos/{owner}/{repo}/git/matching-refs/{ref}': call => {
    const repository = at(call, 'contents')
    const prefix = `refs/${call.parameters['ref']}`
    const found = [...repository.refs].filter(([ref]) => ref.startsWith(prefix)).toSorted()
    return ok(
      found.map(([ref, sha]) => ({
        ref,
        node_id: 'REF',
        url: call.url.href,
        object: { type: 'commit', sha, url: call.url.href },
      })),
    )
  },
  'GET /repos/{owner}/{repo}/git/ref/{ref}': call => {
    const repository = at(call, 'contents')
    const ref = `refs/${call.parameters['ref']}`
    const sha = repository.refs.get(ref) ?? gone()
    return ok({ ref, node_id: 'REF', url: call.url.href, object: { type: 'commit', sha, url: call.url.href } })
  },
}
