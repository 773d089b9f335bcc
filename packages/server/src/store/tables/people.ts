import type { Role } from '@breakglass/core/decide'
import type { Ms } from './columns.ts'

export interface PersonTable {
  id: string
  kind: 'human' | 'bot'
  state: 'invited' | 'active' | 'ended'
  name_commit: string
  created_at: Ms
  ended_at: Ms | null
}

/** `subject` is folded to lower case by whoever writes it: case folding is done in code, the same on both engines. */
export interface AccountTable {
  issuer: string
  subject: string
  person_id: string
  linked_at: Ms
}

export interface PersonRoleTable {
  person_id: string
  role: Role
  since_at: Ms
}

/** The first administrator's link names no person yet: redeeming it makes one. */
export interface InvitationTable {
  id: string
  code_hash: string
  person_id: string | null
  purpose: 'invite' | 'first_admin'
  created_at: Ms
  expires_at: Ms
  used_at: Ms | null
  ended_at: Ms | null
}

/** Only the hash of a token is kept. */
export interface TokenTable {
  id: string
  hash: string
  kind: 'person' | 'reporter' | 'point'
  person_id: string | null
  point_id: string | null
  gate: string | null
  repository_key: string | null
  name: string
  created_at: Ms
  expires_at: Ms
  ended_at: Ms | null
  last_used_at: Ms | null
}

export interface NoticeTable {
  id: string
  person_id: string
  at: Ms
  words: string
  subject: string
  seen_at: Ms | null
}

export interface AlarmTable {
  id: string
  kind: string
  key: string
  words: string
  since_at: Ms
  last_told_at: Ms | null
  ended_at: Ms | null
}
