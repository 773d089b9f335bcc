import type { contract } from '@breakglass/core/contract'
import type { z } from 'zod'

type Contract = typeof contract

/** What a route takes, after its schema has read it. */
export type BodyOf<Id extends keyof Contract> = z.output<NonNullable<Contract[Id]['body']>>

/** What a route answers, before its schema has read it. */
export type ReplyOf<Id extends keyof Contract> = z.input<Contract[Id]['reply']>
