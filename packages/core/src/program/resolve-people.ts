import { isAccount, isEmail, kindOf, type Reference, referencesOf } from './references.ts'
import type { Finding } from './remarks.ts'
import type { ResolvedProgram } from './resolved.ts'
import type { ProgramFile } from './source.ts'
import { nearest } from './suggest.ts'

/** The word of the program for its owners, beside the names of groups. */
export const ownersWord = 'owners'

/** References that lead nowhere, or not to what they look like. */
export function checkReferences(program: ProgramFile): Finding[] {
  const groups = Object.keys(program.groups ?? {})
  const reserved: Finding[] = groups.filter(name => name === ownersWord).map(name => reservedName(name))
  return [
    ...reserved,
    ...referencesOf(program).flatMap(reference => checkReference(reference, groups)),
    ...groupForms(program),
    ...cycles(program),
    ...botsByGroup(program),
  ]
}

const reservedName = (name: string): Finding => ({
  rule: 'reserved_name',
  path: ['groups', name],
  reason: `${ownersWord} means the program owners`,
  remedy: 'give the group another name, or put its people under owners',
})

function checkReference({ path, ref }: Reference, groups: readonly string[]): Finding[] {
  const kind = kindOf(ref)
  if (kind === 'email') {
    const remedy = 'write the address in full, such as ana@acme.dev'
    return isEmail(ref) ? [] : [{ rule: 'not_an_email', path, reason: `${ref} is no e-mail address`, remedy }]
  }
  if (kind === 'account') {
    const remedy = 'write issuer, colon, name, such as github:kofi'
    return isAccount(ref) ? [] : [{ rule: 'unknown_reference', path, reason: `${ref} is no account`, remedy }]
  }
  if (ref === ownersWord || groups.includes(ref)) return []
  const meant = nearest(ref, [...groups, ownersWord])
  const remedy = meant ? `did you mean ${meant}?` : 'define it under groups, or write an e-mail address or an account'
  return [{ rule: 'unknown_reference', path, reason: `there is no group ${ref}`, remedy }]
}

function groupForms({ groups = {} }: ProgramFile): Finding[] {
  return Object.entries(groups).flatMap(([name, group]): Finding[] => {
    const forms = [group.members, group.schedule, group.from].filter(form => form !== undefined)
    if (forms.length === 1) return []
    const reason = `a group has exactly one of members, schedule, from; this one has ${forms.length}`
    return [{ rule: 'wrong_value', path: ['groups', name], reason, remedy: 'write members: […] for named people' }]
  })
}

function cycles(program: ProgramFile): Finding[] {
  return Object.keys(program.groups ?? {}).flatMap((name): Finding[] => {
    if (!reachable(membersOf(program, name), program).has(name)) return []
    const reason = `${name} contains itself, directly or by way of another group`
    return [{ rule: 'group_cycle', path: ['groups', name], reason, remedy: 'take one of the groups out of the other' }]
  })
}

function botsByGroup({ gates = {} }: ProgramFile): Finding[] {
  return Object.entries(gates).flatMap(([name, { break_glass }]) => {
    const bots = break_glass === undefined || break_glass === 'never' ? [] : (break_glass.bots ?? [])
    return bots.flatMap((ref, i): Finding[] => {
      if (kindOf(ref) !== 'group') return []
      const path = ['gates', name, 'break_glass', 'bots', i]
      const remedy = 'name the account of the bot, such as github:deploy-bot'
      return [{ rule: 'bot_by_group', path, reason: `${ref} is a group`, remedy }]
    })
  })
}

/** What a name stands for one level down: the members of a group, the owners; nothing for an account. */
function membersOf({ owners, groups = {} }: ProgramFile, ref: string): readonly string[] {
  if (ref === ownersWord) return owners
  return Object.hasOwn(groups, ref) ? (groups[ref]?.members ?? []) : []
}

function reachable(refs: readonly string[], program: ProgramFile): Set<string> {
  const found = new Set<string>()
  const open = [...refs]
  for (let ref = open.pop(); ref !== undefined; ref = open.pop()) {
    if (found.has(ref)) continue
    found.add(ref)
    open.push(...membersOf(program, ref))
  }
  return found
}

/** Accounts, and the names of groups that only a schedule or an incident can tell; groups of people are opened up. */
export function flattened(refs: readonly string[], program: ProgramFile): string[] {
  const { groups = {} } = program
  return [...reachable(refs, program)]
    .filter(ref => ref !== ownersWord && (!Object.hasOwn(groups, ref) || groups[ref]?.members === undefined))
    .sort()
}

export function resolveGroups(program: ProgramFile): ResolvedProgram['groups'] {
  return Object.fromEntries(
    Object.entries(program.groups ?? {}).map(([name, { members, schedule }]) => {
      if (members !== undefined) return [name, { kind: 'members', members: flattened(members, program) }]
      return [name, schedule === undefined ? { kind: 'incident' } : { kind: 'schedule', schedule }]
    }),
  )
}

/** Owners are people, whatever groups they were written by. */
export function resolveOwners(program: ProgramFile, findings: Finding[]): string[] {
  const owners = flattened(program.owners, program)
  for (const group of owners.filter(ref => kindOf(ref) === 'group')) {
    const remedy = 'name the owners, or a group with members'
    findings.push({
      rule: 'owners_by_schedule',
      path: ['owners'],
      reason: `${group} is filled by a schedule or an incident`,
      remedy,
    })
  }
  if (owners.length > 0) return owners
  findings.push({ rule: 'missing_key', path: ['owners'], reason: 'there is no owner', remedy: 'name at least one' })
  return owners
}
