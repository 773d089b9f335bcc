import type { Facts } from './facts.ts'

/** A first program: small, strict, and true of this checkout; each guess is marked where it stands. Pure. */
export function renderProgram(facts: Facts): string {
  const { organization, repository, branch, me, authors, timezone } = facts
  return `# The break-glass program of ${oneLine(organization)}: which gates there are, and who may open one in an emergency.
# breakglass check    checks it, here and offline
# breakglass program publish    puts it in force
# Before you commit it, give it a repository of its own: no grant opens a gate on the branch where the program lives.
organization: ${scalar(organization)}
timezone: ${scalar(timezone)}

# Owners publish this program; a change that widens it needs two of them.
owners: [${scalar(me)}]

groups:
  # Taken from the last 90 days of commits: keep those who would be called at night.
  engineers: { members: [${authors.map(scalar).join(', ')}] }

gates:
${gatesOf(facts)
  .map(gate => renderGate(gate, { repository, branch }))
  .join('\n')}
# Every use is reviewed, by somebody who had no part in it.
reviews: { due: 2 business days, reviewers: [engineers], escalate: [owners] }

# Rehearsed by day, so that it goes right at night; read in a standing review, so that it does not become the habit.
drills: { every: 90d }
forum: { every: 30d }
`
}

interface Gate {
  name: string
  check: string
  from: string
}

/** One gate for each CI job; where there is none, one to begin with. */
export function gatesOf({ jobs, repository }: Pick<Facts, 'jobs' | 'repository'>): Gate[] {
  const short = slug(repository.split('/').at(-1) ?? repository)
  const gates = jobs.flatMap(({ file, job }) => {
    const check = oneLine(job)
    return check === '' ? [] : [{ name: `${short}/${slug(check)}`, check, from: `job ${check} in ${oneLine(file)}` }]
  })
  const unique = gates.filter((gate, index) => gates.findIndex(({ name }) => name === gate.name) === index)
  return unique.length > 0
    ? unique
    : [{ name: `${short}/tests`, check: 'tests', from: 'no CI file was found: name the check you have' }]
}

function renderGate(
  { name, check, from }: Gate,
  { repository, branch }: { repository: string; branch: string },
): string {
  return `  ${name}:   # ${from}
    boundary: merge
    class: quality
    protects: ${scalar(`Changes of ${repository} that ${check} would stop.`)}
    on: { repositories: [${scalar(repository)}], branches: [${scalar(branch)}] }
    check: ${scalar(check)}
    owner: engineers
    when_unavailable: closed
    break_glass:
      who: [engineers]
      incident: optional
      second_person: { wait: 5m }
      ttl: 30m
      uses: 1
`
}

/** Gate names are lower case, of letters, digits, dot, dash and underscore. */
function slug(text: string): string {
  const plain = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/^[^a-z0-9]+|-+$/g, '')
  return plain === '' ? 'gate' : plain.slice(0, 60)
}

/** JSON's strings are YAML's double-quoted ones; plain words stay plain, unless YAML would read something else in them. */
function scalar(value: string): string {
  const text = oneLine(value)
  const isPlain = /^[A-Za-z][A-Za-z0-9_./@+-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text)
  return isPlain ? text : JSON.stringify(text)
}

const lengthMax = 200

/** What a program takes as a name: one line, nothing that a reader does not see, and no longer than its names are. */
const oneLine = (text: string) =>
  text
    .replaceAll(/\p{Cf}/gu, '')
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, lengthMax)
    .trim()
    .toWellFormed()
