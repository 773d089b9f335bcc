import type { Rx, Tx } from './store.ts'

/** What is true of the whole installation, once. */
export const metaKeys = {
  organization: 'organization',
  issuerKid: 'issuer_kid',
  logOrigin: 'log_origin',
  firstAdministrator: 'first_administrator',
  program: 'program_id',
  trustSubject: 'trust_subject',
  trustVersion: 'trust_version',
  trustDigest: 'trust_digest',
} as const
export type MetaKey = (typeof metaKeys)[keyof typeof metaKeys]

export async function readMeta(rx: Rx, key: MetaKey): Promise<string | undefined> {
  const row = await rx.db.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirst()
  return row?.value
}

export async function writeMeta(tx: Tx, key: MetaKey, value: string): Promise<void> {
  await tx.db
    .insertInto('meta')
    .values({ key, value })
    .onConflict(on => on.column('key').doUpdateSet({ value }))
    .execute()
}
