import type { Json, JsonObject } from './description.ts'
import { between, blobSha, changesBetween, type Commit, commitOf } from './git.ts'
import type * as S from './state.ts'
import { accountOf, appOf, hasRole, repositoryOf } from './world.ts'

/** What a rendering may look at. */
export interface View {
  state: S.State
  origin: string
}

export function user({ state, origin }: View, login: string): JsonObject {
  const { id, type } = accountOf(state, login)
  const url = `${origin}/users/${encodeURIComponent(login)}`
  return {
    login,
    id,
    node_id: `U_${id}`,
    gravatar_id: '',
    type,
    site_admin: false,
    user_view_type: 'public',
    url,
    html_url: `https://github.com/${login}`,
    avatar_url: `https://avatars.githubusercontent.com/u/${id}`,
    ...Object.fromEntries(
      [
        'followers',
        'following',
        'gists',
        'starred',
        'subscriptions',
        'organizations',
        'repos',
        'events',
        'received_events',
      ].map(name => [`${name}_url`, `${url}/${name}`]),
    ),
  }
}

export const organization = ({ state, origin }: View, login: string): JsonObject => {
  const { id } = accountOf(state, login)
  const url = `${origin}/orgs/${login}`
  return {
    login,
    id,
    node_id: `O_${id}`,
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members`,
    public_members_url: `${url}/public_members`,
    avatar_url: '',
    description: '',
  }
}

export const repositoryUrl = ({ origin }: View, { owner, name }: S.Repository) => `${origin}/repos/${owner}/${name}`

export function repository(view: View, one: S.Repository): JsonObject {
  const url = repositoryUrl(view, one)
  const page = `https://github.com/${one.owner}/${one.name}`
  return {
    id: one.id,
    node_id: `R_${one.id}`,
    name: one.name,
    full_name: `${one.owner}/${one.name}`,
    owner: user(view, one.owner),
    private: one.isPrivate,
    visibility: one.isPrivate ? 'private' : 'public',
    default_branch: one.defaultBranch,
    fork: false,
    archived: false,
    disabled: false,
    url,
    html_url: page,
    clone_url: `${page}.git`,
    git_url: `git:${page.slice(6)}.git`,
    ssh_url: `git@github.com:${one.owner}/${one.name}.git`,
    svn_url: page,
    language: null,
    license: null,
    topics: [],
    created_at: one.createdAt,
    updated_at: one.pushedAt,
    pushed_at: one.pushedAt,
    allow_auto_merge: one.allowAutoMerge,
    allow_merge_commit: true,
    allow_rebase_merge: true,
    allow_squash_merge: true,
    has_issues: true,
    custom_properties: {},
    ...Object.fromEntries(Object.entries(links).map(([name, path]) => [`${name}_url`, url + path])),
  }
}

const links: Record<string, string> = {
  archive: '/{archive_format}{/ref}',
  assignees: '/assignees{/user}',
  blobs: '/git/blobs{/sha}',
  branches: '/branches{/branch}',
  collaborators: '/collaborators{/collaborator}',
  comments: '/comments{/number}',
  commits: '/commits{/sha}',
  compare: '/compare/{base}...{head}',
  contents: '/contents/{+path}',
  contributors: '/contributors',
  deployments: '/deployments',
  downloads: '/downloads',
  events: '/events',
  forks: '/forks',
  git_commits: '/git/commits{/sha}',
  git_refs: '/git/refs{/sha}',
  git_tags: '/git/tags{/sha}',
  hooks: '/hooks',
  issue_comment: '/issues/comments{/number}',
  issue_events: '/issues/events{/number}',
  issues: '/issues{/number}',
  keys: '/keys{/key_id}',
  labels: '/labels{/name}',
  languages: '/languages',
  merges: '/merges',
  milestones: '/milestones{/number}',
  notifications: '/notifications{?since,all,participating}',
  pulls: '/pulls{/number}',
  releases: '/releases{/id}',
  stargazers: '/stargazers',
  statuses: '/statuses/{sha}',
  subscribers: '/subscribers',
  subscription: '/subscription',
  tags: '/tags',
  teams: '/teams',
  trees: '/git/trees{/sha}',
}

export function app(view: View, slug: string): JsonObject {
  const one = appOf(view.state, slug)
  return {
    id: one.id,
    slug,
    node_id: `A_${one.id}`,
    client_id: `Iv1.${one.id}`,
    name: one.name,
    owner: user(view, one.owner),
    description: '',
    external_url: `https://${slug}.example`,
    html_url: `https://github.com/apps/${slug}`,
    created_at: one.createdAt,
    updated_at: one.createdAt,
    permissions: one.permissions,
    events: one.events,
  }
}

export function installation(view: View, one: S.Installation): JsonObject {
  const { id, permissions, events } = appOf(view.state, one.app)
  return {
    id: one.id,
    node_id: `I_${one.id}`,
    app_id: id,
    app_slug: one.app,
    client_id: `Iv1.${id}`,
    account: user(view, one.account),
    target_id: accountOf(view.state, one.account).id,
    target_type: 'Organization',
    permissions,
    events,
    repository_selection: one.repositories ? 'selected' : 'all',
    created_at: one.createdAt,
    updated_at: one.createdAt,
    suspended_at: one.suspendedAt,
    suspended_by: null,
    single_file_name: null,
    access_tokens_url: `${view.origin}/app/installations/${one.id}/access_tokens`,
    repositories_url: `${view.origin}/installation/repositories`,
    html_url: `https://github.com/organizations/${one.account}/settings/installations/${one.id}`,
  }
}

/** A commit as webhooks tell it. */
export function pushedCommit(
  { sha, tree, message, date, author, files }: Commit,
  before: Commit | undefined,
): JsonObject {
  const changes = changesBetween(before?.files ?? {}, files)
  const of = (status: string) => changes.filter(change => change.status === status).map(({ path }) => path)
  const person = { name: author.name, email: author.email, username: author.name, date }
  return {
    id: sha,
    tree_id: tree,
    distinct: true,
    message,
    timestamp: date,
    author: person,
    committer: person,
    url: `https://github.com/commit/${sha}`,
    added: of('added'),
    removed: of('removed'),
    modified: of('modified'),
  }
}

/** A commit as the API tells it. */
export function commit(view: View, repo: S.Repository, sha: string): JsonObject {
  const one = commitOf(repo.objects, sha)
  const url = `${repositoryUrl(view, repo)}/commits/${sha}`
  const person = { name: one.author.name, email: one.author.email, date: one.date }
  const login = view.state.accounts.has(one.author.name) ? user(view, one.author.name) : null
  const before = one.parents[0] === undefined ? {} : commitOf(repo.objects, one.parents[0]).files
  return {
    sha,
    node_id: `C_${sha}`,
    url,
    html_url: `https://github.com/${repo.owner}/${repo.name}/commit/${sha}`,
    author: login,
    committer: login,
    commit: {
      author: person,
      committer: person,
      message: one.message,
      tree: {
        sha: one.tree,
        url,
      },
      url,
      comment_count: 0,
    },
    parents: one.parents.map(parent => ({
      sha: parent,
      url: `${repositoryUrl(view, repo)}/commits/${parent}`,
      html_url: url,
    })),
    files: files(view, repo, before, one.files),
  }
}

export function files(
  view: View,
  repo: S.Repository,
  old: Record<string, string>,
  young: Record<string, string>,
): Json[] {
  return changesBetween(old, young).map(({ path, status }) => {
    const url = `${repositoryUrl(view, repo)}/contents/${path}`
    const sha = blobSha(young[path] ?? old[path] ?? '')
    return {
      sha,
      filename: path,
      status,
      additions: 1,
      deletions: 0,
      changes: 1,
      blob_url: url,
      raw_url: url,
      contents_url: url,
    }
  })
}

export function pull(view: View, repo: S.Repository, one: S.Pull): JsonObject {
  const url = `${repositoryUrl(view, repo)}/pulls/${one.number}`
  const page = `https://github.com/${repo.owner}/${repo.name}/pull/${one.number}`
  const issue = `${repositoryUrl(view, repo)}/issues/${one.number}`
  const head = repositoryOf(view.state, one.head.repository)
  const commits = between(repo.objects, one.base.sha, one.head.sha)
  const links = {
    comments: `${issue}/comments`,
    commits: `${url}/commits`,
    html: page,
    issue,
    review_comment: `${url}/comments{/number}`,
    review_comments: `${url}/comments`,
    self: url,
    statuses: `${repositoryUrl(view, repo)}/statuses/${one.head.sha}`,
  }
  return {
    id: one.id,
    node_id: `PR_${one.id}`,
    number: one.number,
    state: one.isOpen ? 'open' : 'closed',
    locked: false,
    title: one.title,
    url,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: issue,
    user: user(view, one.author),
    commits_url: `${url}/commits`,
    comments_url: links.comments,
    review_comments_url: links.review_comments,
    review_comment_url: links.review_comment,
    statuses_url: links.statuses,
    body: one.body,
    created_at: one.createdAt,
    updated_at: one.updatedAt,
    closed_at: one.closedAt,
    merged_at: one.mergedAt,
    merge_commit_sha: one.mergeCommitSha,
    draft: one.isDraft,
    merged: one.mergedAt !== null,
    merged_by: one.mergedBy === null ? null : user(view, one.mergedBy),
    mergeable: one.isOpen,
    mergeable_state: one.isOpen ? 'clean' : 'unknown',
    author_association: 'CONTRIBUTOR',
    commits: commits.length,
    labels: [],
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    head: {
      label: `${head.owner}:${one.head.ref}`,
      ref: one.head.ref,
      sha: one.head.sha,
      user: user(view, head.owner),
      repo: repository(view, head),
    },
    base: {
      label: `${repo.owner}:${one.base.ref}`,
      ref: one.base.ref,
      sha: one.base.sha,
      user: user(view, repo.owner),
      repo: repository(view, repo),
    },
    auto_merge:
      one.autoMerge === null
        ? null
        : {
            enabled_by: user(view, one.autoMerge.enabledBy),
            merge_method: one.autoMerge.method,
            commit_title: one.title,
            commit_message: '',
          },
    _links: Object.fromEntries(Object.entries(links).map(([name, href]) => [name, { href }])),
  }
}

/** Open pull requests of this repository with that head: none for a head that was pushed to a fork. */
export function pullsOfHead(view: View, repo: S.Repository, sha: string): Json[] {
  const url = repositoryUrl(view, repo)
  const own = [...repo.pulls.values()].filter(
    one => one.isOpen && one.head.sha === sha && one.head.repository === repo.id,
  )
  const where = { id: repo.id, url, name: repo.name }
  return own.map(one => ({
    id: one.id,
    number: one.number,
    url: `${url}/pulls/${one.number}`,
    head: { ref: one.head.ref, sha: one.head.sha, repo: where },
    base: { ref: one.base.ref, sha: one.base.sha, repo: where },
  }))
}

export function checkRun(view: View, repo: S.Repository, one: S.CheckRun): JsonObject {
  const url = `${repositoryUrl(view, repo)}/check-runs/${one.id}`
  const suite = repo.checkSuites.find(({ id }) => id === one.suite)
  return {
    id: one.id,
    node_id: `CR_${one.id}`,
    name: one.name,
    head_sha: one.headSha,
    external_id: one.externalId,
    status: one.status,
    conclusion: one.conclusion,
    started_at: one.startedAt,
    completed_at: one.completedAt,
    url,
    details_url: one.detailsUrl,
    html_url: `https://github.com/${repo.owner}/${repo.name}/runs/${one.id}`,
    app: app(view, one.app),
    output: {
      ...one.output,
      annotations_count: 0,
      annotations_url: `${url}/annotations`,
    },
    check_suite: suite ? checkSuite(view, repo, suite) : { id: one.suite },
    pull_requests: pullsOfHead(view, repo, one.headSha),
  }
}

export function checkSuite(view: View, repo: S.Repository, one: S.CheckSuite): JsonObject {
  const head = commitOf(repo.objects, one.headSha)
  const person = { name: head.author.name, email: head.author.email }
  const url = `${repositoryUrl(view, repo)}/check-suites/${one.id}`
  return {
    id: one.id,
    node_id: `CS_${one.id}`,
    head_branch: one.headBranch,
    head_sha: one.headSha,
    status: one.status,
    conclusion: one.conclusion,
    before: one.before,
    after: one.headSha,
    created_at: one.createdAt,
    updated_at: one.updatedAt,
    app: app(view, one.app),
    url,
    check_runs_url: `${url}/check-runs`,
    latest_check_runs_count: repo.checkRuns.filter(({ suite }) => suite === one.id).length,
    head_commit: {
      id: one.headSha,
      tree_id: head.tree,
      message: head.message,
      timestamp: head.date,
      author: person,
      committer: person,
    },
    pull_requests: pullsOfHead(view, repo, one.headSha),
    repository: repository(view, repo),
  }
}

export function status(view: View, one: S.Status): JsonObject {
  return {
    id: one.id,
    node_id: `S_${one.id}`,
    state: one.state,
    description: one.description,
    target_url: one.targetUrl,
    context: one.context,
    created_at: one.createdAt,
    updated_at: one.createdAt,
    creator: user(view, one.creator),
    url: view.origin,
    avatar_url: null,
  }
}

export function review(view: View, repo: S.Repository, of: S.Pull, one: S.Review): JsonObject {
  const url = `${repositoryUrl(view, repo)}/pulls/${of.number}`
  const page = `https://github.com/${repo.owner}/${repo.name}/pull/${of.number}#pullrequestreview-${one.id}`
  return {
    id: one.id,
    node_id: `PRR_${one.id}`,
    user: user(view, one.user),
    body: one.body,
    state: one.state,
    commit_id: one.commit,
    submitted_at: one.submittedAt,
    updated_at: one.submittedAt,
    author_association: hasRole(view.state, repo, one.user, 'write') ? 'MEMBER' : 'NONE',
    html_url: page,
    pull_request_url: url,
    _links: {
      html: { href: page },
      pull_request: { href: url },
    },
  }
}

export function comment(view: View, repo: S.Repository, one: S.Comment): JsonObject {
  const issue = `${repositoryUrl(view, repo)}/issues/${one.pull}`
  return {
    id: one.id,
    node_id: `IC_${one.id}`,
    body: one.body,
    user: user(view, one.user),
    created_at: one.createdAt,
    updated_at: one.updatedAt,
    url: `${repositoryUrl(view, repo)}/issues/comments/${one.id}`,
    issue_url: issue,
    author_association: 'MEMBER',
    html_url: `https://github.com/${repo.owner}/${repo.name}/pull/${one.pull}#issuecomment-${one.id}`,
  }
}
