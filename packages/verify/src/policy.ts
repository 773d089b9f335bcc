import { encodeHex, utf8Length } from './bytes.ts'
import { hasControl } from './control.ts'
import { type Parsed, pass, refuse, show } from './fault.ts'
import { noteKeyType, parseVkey, type VerifierKey } from './vkey.ts'

/** C2SP tlog-policy: which logs are known, which witnesses, and how many of them must have cosigned. */
export interface TrustPolicy {
  logs: PolicyLog[]
  witnesses: PolicyWitness[]
  groups: PolicyGroup[]
  /** A witness's or a group's name, or `none`. */
  quorum: string
}

export interface PolicyLog {
  key: VerifierKey
  url?: string
}

export interface PolicyWitness {
  /** Means something only inside the policy; the key has its own name. */
  name: string
  key: VerifierKey
  url?: string
}

/** Witnesses a checkpoint when at least `threshold` members do: `any` is 1, `all` is their number. */
export interface PolicyGroup {
  name: string
  threshold: number
  members: string[]
}

const policyBytesMax = 65_536
/** Of logs, of witnesses and of groups; the specification asks for at least 32. */
const policyPartsMax = 64

/** Code: `bad_policy`, one for the first line that is wrong. */
export function parseTrustPolicy(text: string): Parsed<TrustPolicy> {
  if (text.length > policyBytesMax || utf8Length(text) > policyBytesMax) {
    return refuse('too_large', 'policy', `at most ${policyBytesMax} bytes`, `${text.length} characters or more`)
  }
  if (!text.isWellFormed() || !text.endsWith('\n'))
    return bad('policy', 'UTF-8 text that ends with a line end', show(text))
  const draft = emptyDraft()
  for (const [number, line] of text.slice(0, -1).split('\n').entries()) {
    const remark = readLine(draft, line)
    if (remark !== undefined) return bad(`policy line ${number + 1}`, remark, show(line))
  }
  const { logs, witnesses, groups, quorum } = draft
  if (quorum === undefined) return bad('policy', 'exactly one quorum line', 'none')
  return pass({ logs, witnesses, groups, quorum })
}

/** Whether a checkpoint needs cosignatures at all. Witnesses that no quorum names do not count. */
export function policyHasWitnesses(policy: TrustPolicy): boolean {
  return policy.quorum !== 'none'
}

/** Whether these witnesses (by their names in the policy) meet the quorum. */
export function meetsQuorum(policy: TrustPolicy, cosigned: ReadonlySet<string>): boolean {
  if (policy.quorum === 'none') return true
  const groups = new Map(policy.groups.map(group => [group.name, group]))
  // Each name is a member at most once and refers only backwards, so this visits each name at most once.
  const witnessed = (name: string): boolean => {
    const group = groups.get(name)
    if (group === undefined) return cosigned.has(name)
    return group.members.filter(witnessed).length >= group.threshold
  }
  return witnessed(policy.quorum)
}

interface Draft {
  logs: PolicyLog[]
  witnesses: PolicyWitness[]
  groups: PolicyGroup[]
  quorum: string | undefined
  names: Set<string>
  members: Set<string>
  /** Public keys seen, apart for logs and witnesses: the same key under another name is a duplicate. */
  logKeys: Set<string>
  witnessKeys: Set<string>
}

function emptyDraft(): Draft {
  return {
    logs: [],
    witnesses: [],
    groups: [],
    quorum: undefined,
    names: new Set(),
    members: new Set(),
    logKeys: new Set(),
    witnessKeys: new Set(),
  }
}

/** Takes one line in; answers with what was expected when it is wrong. */
function readLine(draft: Draft, line: string): string | undefined {
  if (hasControl(line, '\t') || line.includes('\x7f')) return 'no control character but tab'
  const words = line.split(/[ \t]+/).filter(word => word !== '')
  const [keyword, ...args] = words
  if (keyword === undefined || keyword.startsWith('#')) return undefined
  switch (keyword) {
    case 'log':
      return readLog(draft, args)
    case 'witness':
      return readWitness(draft, args)
    case 'group':
      return readGroup(draft, args)
    case 'quorum':
      return readQuorum(draft, args)
    default:
      return 'log, witness, group or quorum'
  }
}

function readLog(draft: Draft, [vkey, url, ...rest]: string[]): string | undefined {
  if (vkey === undefined || rest.length > 0) return 'log <vkey> [<url>]'
  const key = parseVkey(vkey)
  // ML-DSA-44 is carried: such a line is known and never counts, so that a policy may name it before we can check it.
  if (!key.ok || !logKeyTypes.has(key.value.type)) return 'a vkey for signing checkpoints (type 0x01 or 0x06)'
  if (!addOnce(draft.logKeys, encodeHex(key.value.publicKey))) return 'each log key once'
  if (draft.logs.length === policyPartsMax) return `at most ${policyPartsMax} logs`
  draft.logs.push({ key: key.value, ...(url === undefined ? {} : { url }) })
  return undefined
}

function readWitness(draft: Draft, [name, vkey, url, ...rest]: string[]): string | undefined {
  if (name === undefined || vkey === undefined || rest.length > 0) return 'witness <name> <vkey> [<url>]'
  const key = parseVkey(vkey)
  if (!key.ok || !witnessKeyTypes.has(key.value.type)) return 'a vkey for cosignatures (type 0x04 or 0x06)'
  if (!addOnce(draft.witnessKeys, encodeHex(key.value.publicKey))) return 'each witness key once'
  if (name === 'none' || !addOnce(draft.names, name)) return 'a name that is not none and not taken'
  if (draft.witnesses.length === policyPartsMax) return `at most ${policyPartsMax} witnesses`
  draft.witnesses.push({ name, key: key.value, ...(url === undefined ? {} : { url }) })
  return undefined
}

function readGroup(draft: Draft, [name, rule, ...members]: string[]): string | undefined {
  if (name === undefined || rule === undefined || members.length === 0) return 'group <name> all|any|<k> <member>...'
  const threshold = thresholdOf(rule, members.length)
  if (threshold === undefined) return `all, any, or a number from 1 to ${members.length}`
  // Members first: a group is not yet defined on its own line.
  for (const member of members) {
    if (!draft.names.has(member)) return 'members defined on earlier lines'
    if (!addOnce(draft.members, member)) return 'each name in one group only'
  }
  if (name === 'none' || !addOnce(draft.names, name)) return 'a name that is not none and not taken'
  if (draft.groups.length === policyPartsMax) return `at most ${policyPartsMax} groups`
  draft.groups.push({ name, threshold, members })
  return undefined
}

function readQuorum(draft: Draft, [name, ...rest]: string[]): string | undefined {
  if (name === undefined || rest.length > 0) return 'quorum <name>|none'
  if (draft.quorum !== undefined) return 'exactly one quorum line'
  if (name !== 'none' && !draft.names.has(name)) return 'none, or a name defined on an earlier line'
  draft.quorum = name
  return undefined
}

function thresholdOf(rule: string, members: number): number | undefined {
  if (rule === 'any') return 1
  if (rule === 'all') return members
  if (!/^[1-9][0-9]{0,3}$/.test(rule)) return undefined
  return Number(rule) <= members ? Number(rule) : undefined
}

function addOnce(set: Set<string>, item: string): boolean {
  if (set.has(item)) return false
  set.add(item)
  return true
}

const logKeyTypes: ReadonlySet<number> = new Set([noteKeyType.ed25519, noteKeyType.cosignatureMlDsa44])
const witnessKeyTypes: ReadonlySet<number> = new Set([noteKeyType.cosignatureEd25519, noteKeyType.cosignatureMlDsa44])

function bad(at: string, expected: string, found: string): Parsed<never> {
  return refuse('bad_policy', at, expected, found)
}
