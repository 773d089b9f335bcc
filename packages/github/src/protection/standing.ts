import { holderWords } from './diff.ts'
import type { EnvironmentProtection } from './environment.ts'
import type { BranchProtection, Bypass } from './rules.ts'
import { isBroker } from './strength.ts'

/** Somebody or something that could go around a gate today, or weaken it, without asking anybody. */
export interface Power {
  who: string
  type: string
  id?: string
  can: 'bypass' | 'weaken' | 'push'
  /** Where it comes from, in words. */
  through: string
  /** It would leave no trace. */
  isTraceless: boolean
  remedy: string
}

/** Who else has power over the rules; undefined where it could not be read. */
export interface Holders {
  /** People and teams with the admin role in the repository, and owners of the organisation. */
  admins?: readonly { type: 'User' | 'Team'; id: string; name?: string }[] | undefined
  /** Apps, and whether they may edit the rules. */
  apps?: readonly { id: string; name?: string; administration: boolean }[] | undefined
  /** Deploy keys that may write. */
  keys?: readonly { id: string; name?: string }[] | undefined
}

export interface Standing {
  powers: Power[]
  /** What was not readable: there may be more. */
  unseen: string[]
}

/** The standing power at a branch (docs/github.md "Standing power"). `app` is ours, whose broker merges are no power of anybody. */
export function standingPower(protection: BranchProtection, holders: Holders, app: string): Standing {
  const rules = protection.rules.filter(({ state }) => state === 'active')
  const bypasses = rules.flatMap(rule => {
    const lists = [rule.exempt, ...(rule.reviews ? [rule.reviews.exempt] : [])]
    const known = lists.flatMap(list => (list.who === 'known' ? list.bypass : []))
    return known.filter(each => !isBroker(each, app)).map(each => bypassPower(each, rule.name))
  })
  const hidden = rules
    .filter(({ exempt, reviews }) => exempt.who === 'unknown' || reviews?.exempt.who === 'unknown')
    .map(({ name }) => `who may bypass ${name}`)
  return {
    powers: [...bypasses, ...weakeners(holders, app)],
    unseen: [...protection.unread, ...hidden, ...unseenHolders(holders)],
  }
}

/** The same before deployments. */
export function standingPowerAtEnvironment(
  environment: EnvironmentProtection,
  holders: Holders,
  app: string,
): Standing {
  const admins: Power[] = environment.adminsBypass
    ? [bypassPower({ type: 'Admins', mode: 'always' }, 'the environment')]
    : []
  const unseen = environment.adminsBypass === undefined ? ['whether admins may bypass the environment'] : []
  return { powers: [...admins, ...weakeners(holders, app)], unseen: [...unseen, ...unseenHolders(holders)] }
}

function bypassPower(bypass: Bypass, through: string): Power {
  const isTraceless = bypass.mode === 'exempt'
  return {
    who: holderWords(bypass),
    type: bypass.type,
    ...(bypass.id === undefined ? {} : { id: bypass.id }),
    can: 'bypass',
    through,
    isTraceless,
    remedy: isTraceless
      ? 'Take it off the list: it leaves no trace. Who needs this in an emergency asks for a grant.'
      : bypass.type === 'Admins' || bypass.type === 'OrganizationAdmin'
        ? 'Hold admins to the rule as well. In an emergency they ask for a grant like everybody.'
        : 'Take it off the list, and name it in break_glass of the gate instead: granted when asked, for one change.',
  }
}

const editorsRemedy =
  'Few and named, with the role given for a bounded time when rules are edited, and rules kept as code.'

function weakeners({ admins = [], apps = [], keys = [] }: Holders, app: string): Power[] {
  const named = (type: string, { id, name }: { id: string; name?: string }) => ({
    who: holderWords({ type, id, mode: 'always', ...(name === undefined ? {} : { name }) }),
    type,
    id,
    isTraceless: false,
  })
  return [
    ...admins.map(
      (each): Power => ({
        ...named(each.type, each),
        can: 'weaken',
        through: 'the admin role',
        remedy: editorsRemedy,
      }),
    ),
    ...apps
      .filter(each => each.administration && each.id !== app)
      .map(
        (each): Power => ({
          ...named('Integration', each),
          can: 'weaken',
          through: 'its permission to administer',
          remedy: 'Take the permission from the app, or hold its key like a key to every gate.',
        }),
      ),
    ...keys.map(
      (each): Power => ({
        ...named('DeployKey', each),
        can: 'push',
        through: 'a deploy key that writes',
        remedy: 'Make the key read-only, or let an app push that the rules hold.',
      }),
    ),
  ]
}

const unseenHolders = ({ admins, apps, keys }: Holders): string[] => [
  ...(admins === undefined ? ['who has the admin role'] : []),
  ...(apps === undefined ? ['which apps may edit the rules'] : []),
  ...(keys === undefined ? ['which deploy keys write'] : []),
]
