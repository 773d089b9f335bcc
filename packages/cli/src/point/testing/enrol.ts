import { contract } from '@breakglass/core/contract'
import type { RepositoryId } from '@breakglass/verify'
import type { FakeServer } from './fake-server.ts'
import { repository, repositoryName } from './world.ts'

export interface Enrolled {
  id: string
  token: string
  organization: string
}

/** Registers a point the way `hook install` does, without its files. */
export async function enrol(
  server: FakeServer,
  publicKey: string,
  kind: 'git_hook' | 'ci' = 'git_hook',
): Promise<Enrolled> {
  const repositoryOf: { id: RepositoryId; name: string } = { id: repository, name: repositoryName }
  const body = {
    name: `point ${server.points.length + 1}`,
    kind,
    enforcement: kind === 'ci' ? 'cooperative' : 'enforced',
    repository: { ...repositoryOf, properties: {} },
    publicKey,
  }
  const reply = contract.registerPoint.reply.parse(await server.handle('registerPoint', undefined, body))
  return { id: reply.point.id, token: reply.token, organization: reply.organization }
}
