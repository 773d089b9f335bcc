import { checkNameOf } from '@breakglass/github/checks'
import type { Answer, GateProtection, Looked } from '@breakglass/github/protection'
import { z } from 'zod'
import { readBundle } from '../point/bundle.ts'
import { type Finding, ok, problem } from '../point/doctor.ts'
import type { Point } from '../point/point.ts'
import { lookAtProtection } from './protection.ts'
import { clientOf, gatePermissions, githubOf } from './source.ts'

/** What the app may do, and how strongly GitHub holds each gate at each branch that the program names. */
export async function examineGithub(point: Point): Promise<Finding[]> {
  const source = githubOf(point)
  const client = clientOf(source, point.now)
  const { name } = point.home.config.repository
  const rights = await client.rights()
  const base = `/repos/${name}`
  const about = await client.answer(base)
  const findings = [...rightsFindings(rights), repositoryFinding(point, about)]
  const bundle = readBundle(point.home, point.journal)
  if (!bundle.ok) return findings
  const { repository } = point.home.config
  const place = { repository: repository.id, program: bundle.accepted.program }
  for (const { branch, looked } of await lookAtProtection(
    { client, name, app: source.app, nowMs: point.now() },
    place,
  )) {
    findings.push(...looked.map(one => gateFinding(branch, one, source.app)))
  }
  return findings
}

function rightsFindings(rights: Record<string, string>): Finding[] {
  const missing = Object.entries(gatePermissions).filter(
    ([name, level]) => rights[name] !== level && rights[name] !== 'write',
  )
  const more = Object.entries(rights).filter(
    ([name, level]) => level === 'write' && (gatePermissions as Record<string, string>)[name] !== 'write',
  )
  const words = Object.entries(gatePermissions).map(([name, level]) => `${name}: ${level}`)
  return [
    missing.length === 0
      ? ok('permissions', `the app may do what it needs: ${words.join(', ')}`)
      : problem(
          'permissions',
          `the app lacks ${missing.map(([name, level]) => `${name}: ${level}`).join(', ')}`,
          'give them in the settings of the app, and accept them for the installation',
        ),
    ...(more.length === 0
      ? []
      : [
          {
            check: 'least',
            state: 'warning' as const,
            words: `the app may also write ${more.map(([name]) => name).join(', ')}, which nothing here needs`,
            remedy: 'take them away: whoever has its key could use them',
          },
        ]),
  ]
}

const about = z.object({ id: z.union([z.number(), z.string()]).transform(String), default_branch: z.string() })

function repositoryFinding(point: Point, answer: Answer): Finding {
  const { id, name } = point.home.config.repository
  const read = about.safeParse(answer.body)
  if (answer.status === 200 && read.success && read.data.id === id.id)
    return ok('repository', `${name} is ${id.id}, as it was installed`)
  const found = read.success ? `it is another repository now, ${read.data.id}` : `GitHub answers ${answer.status}`
  return problem(
    'repository',
    `${name}: ${found}`,
    'a repository that was renamed or moved is installed anew under its name: breakglass github install',
  )
}

const words: Record<GateProtection['strength'], string> = {
  enforced: 'is required of everybody, pinned to our app',
  enforced_admins_exempt: 'is required, but somebody may go around it',
  unpinned: 'is required, but others than our app can set it',
  evaluate: 'is only tried out',
  off: 'is not required',
  unknown: 'is not known',
}

function gateFinding(branch: string, { gate, found }: Looked, app: string): Finding {
  const { strength, exempt, by, because } = found
  const said = `${gate} at ${branch} ${words[strength]}: ${because.join('; ')}`
  if (strength === 'enforced' && by === 'ours' && exempt === 'nobody') return ok('gate', said)
  const require = `require the check ${checkNameOf(gate)} on ${branch}, set by the app ${app}`
  if (strength === 'enforced' && by === 'native') {
    return {
      check: 'gate',
      state: 'warning',
      words: `${said}; no grant opens it`,
      remedy: `to be able to open it: ${require} instead`,
    }
  }
  if (strength === 'unknown' || (strength === 'enforced' && exempt === 'unknown')) {
    return {
      check: 'gate',
      state: 'warning',
      words: `${said}; who may go around it could not be read`,
      remedy: 'an app that may read administration sees more',
    }
  }
  const remedy = strength === 'enforced_admins_exempt' ? 'hold administrators too, and empty the bypass list' : require
  return problem('gate', said, remedy)
}
