import { z } from 'zod'
import { roles } from '../decide/types.ts'
import { idOf } from '../ids.ts'
import { gateName } from '../program/names.ts'
import { endpoint } from './endpoint.ts'
import { instant, personView, repositoryRef, text } from './shapes.ts'

/** A person's e-mail, as an account of issuer `local`: the administrator who invites vouches for it. */
export const email = z.email().max(254)

const issued = z.strictObject({ token: z.string(), tokenId: idOf('token'), expiresAt: instant, person: personView })

export const redeemInvitation = endpoint({
  id: 'redeemInvitation',
  method: 'post',
  path: '/invitations/redeem',
  summary: 'Trade a one-time link for a personal token. A link works once.',
  tag: 'people',
  access: 'nobody',
  body: z.strictObject({ code: z.string().max(200), device: text(100).optional() }),
  reply: issued,
  errors: ['invitation_spent'],
})

export const whoami = endpoint({
  id: 'whoami',
  method: 'get',
  path: '/whoami',
  summary: 'Who this token belongs to, and what the program in force lets that person do.',
  tag: 'people',
  access: 'person',
  reply: z.strictObject({
    person: personView,
    tokenExpiresAt: instant,
    groups: z.array(z.string()),
    mayBreak: z.array(gateName),
    mayReview: z.boolean(),
    isOwner: z.boolean(),
  }),
})

export const invitePerson = endpoint({
  id: 'invitePerson',
  method: 'post',
  path: '/persons',
  summary: 'Make a person with one account and a one-time link that works once within 24 hours.',
  tag: 'people',
  access: 'admin',
  body: z.strictObject({
    email,
    name: text(100),
    roles: z.array(z.enum(roles)).max(4),
    kind: z.enum(['human', 'bot']),
  }),
  reply: z.strictObject({ person: personView, code: z.string(), link: z.string(), expiresAt: instant }),
  errors: ['already_exists'],
})

export const reinvitePerson = endpoint({
  id: 'reinvitePerson',
  method: 'post',
  path: '/persons/{id}/invitation',
  summary: 'Make a new one-time link for a person who lost theirs; their earlier tokens and links end.',
  tag: 'people',
  access: 'admin',
  params: z.strictObject({ id: idOf('person') }),
  reply: z.strictObject({ person: personView, code: z.string(), link: z.string(), expiresAt: instant }),
})

export const listPersons = endpoint({
  id: 'listPersons',
  method: 'get',
  path: '/persons',
  summary: 'Everybody known here.',
  tag: 'people',
  access: 'person',
  reply: z.strictObject({ persons: z.array(personView) }),
})

export const endPerson = endpoint({
  id: 'endPerson',
  method: 'post',
  path: '/persons/{id}/end',
  summary: 'End a person: every token and link stops working at once. What they did stays on record.',
  tag: 'people',
  access: 'admin',
  params: z.strictObject({ id: idOf('person') }),
  reply: personView,
})

/** `github:kofi` names its issuer; anything else is an address that this organisation vouches for itself. */
const accountName = text(254).regex(/^\S+$/, 'an account without spaces, such as github:kofi')

export const addAccount = endpoint({
  id: 'addAccount',
  method: 'post',
  path: '/persons/{id}/accounts',
  summary: 'Give a person one more account: a name at a forge, a git server or an identity provider.',
  tag: 'people',
  access: 'admin',
  params: z.strictObject({ id: idOf('person') }),
  body: z.strictObject({ account: accountName }),
  reply: personView,
  errors: ['already_exists', 'wrong_state'],
})

export const removeAccount = endpoint({
  id: 'removeAccount',
  method: 'post',
  path: '/persons/{id}/accounts/remove',
  summary: 'Take an account away from a person, never the last one.',
  tag: 'people',
  access: 'admin',
  params: z.strictObject({ id: idOf('person') }),
  body: z.strictObject({ account: accountName }),
  reply: personView,
})

export const reporterView = z.strictObject({
  id: idOf('token'),
  name: z.string(),
  gate: gateName,
  repository: repositoryRef,
  createdAt: instant,
  expiresAt: instant,
  endedAt: instant.optional(),
})

export const createReporter = endpoint({
  id: 'createReporter',
  method: 'post',
  path: '/reporters',
  summary: 'Issue a credential that may report results of one gate in one repository, and nothing else.',
  tag: 'people',
  access: 'admin',
  body: z.strictObject({
    name: text(100),
    gate: gateName,
    repository: z.string().max(200),
    days: z.int().min(1).max(365),
  }),
  reply: z.strictObject({ reporter: reporterView, token: z.string() }),
})

export const listReporters = endpoint({
  id: 'listReporters',
  method: 'get',
  path: '/reporters',
  summary: 'Reporter credentials and what each is for.',
  tag: 'people',
  access: 'person',
  reply: z.strictObject({ reporters: z.array(reporterView) }),
})

export const endReporter = endpoint({
  id: 'endReporter',
  method: 'post',
  path: '/reporters/{id}/end',
  summary: 'End a reporter credential at once.',
  tag: 'people',
  access: 'admin',
  params: z.strictObject({ id: idOf('token') }),
  reply: reporterView,
})
