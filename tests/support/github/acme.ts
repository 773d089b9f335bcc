import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { FakeGithub, type OwnedApp } from './fake.ts'
import type { FakeOrganization } from './organization.ts'
import type { FakeRepository } from './repository.ts'

/** An organisation on the fake, with the gate app and the CI's app installed, and an admin who may do everything. */
export interface Acme {
  github: FakeGithub
  organization: FakeOrganization
  repository: FakeRepository
  gate: OwnedApp
  installation: number
  /** The app's private key, in a file. */
  keyFile: string
}

export const gatePermissions = {
  checks: 'write',
  contents: 'read',
  pull_requests: 'read',
  statuses: 'read',
  metadata: 'read',
} as const

export async function makeAcme(dir: string, github: FakeGithub): Promise<Acme> {
  const organization = github.organization('acme')
  organization.member('admin', 'admin')
  for (const login of ['ana', 'kofi', 'lee']) organization.member(login)
  const gate = github.app({ slug: 'breakglass-gate', permissions: gatePermissions })
  const ci = github.app({ slug: 'ci', permissions: { checks: 'write', contents: 'read', metadata: 'read' } })
  const repository = organization.repository('payments')
  const { id: installation } = organization.install(gate.slug, { as: 'admin' })
  organization.install(ci.slug, { as: 'admin' })
  const keyFile = join(dir, 'app.pem')
  await writeFile(keyFile, gate.privateKey, { mode: 0o600 })
  return { github, organization, repository, gate, installation, keyFile }
}

/** Ends with the test that started it. */
export async function startGithub(): Promise<FakeGithub> {
  const github = await FakeGithub.start()
  onTestFinished(() => github.close())
  return github
}
