import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { contract } from '@breakglass/core/contract'
import { formatId, idOf } from '@breakglass/core/ids'
import type { Client } from '../client/client.ts'
import { connect } from '../client/connect.ts'
import { type CommandContext, defineCommand, type ExitCode } from '../framework/command.ts'
import { usageError } from '../framework/usage-error.ts'
import { atPoint } from '../point/at-point.ts'
import { installPoint, readProperties } from '../point/install.ts'
import { readTrustFile } from '../point/read-trust-file.ts'
import { refreshBundle } from '../point/sync.ts'

export const command = defineCommand({
  positionals: [],
  options: {
    dir: { type: 'text', value: 'DIR', summary: 'a directory that outlives the job: BREAKGLASS_POINT of the runners' },
    name: { type: 'text', value: 'acme/payments', summary: 'what the program calls the repository' },
    trust: { type: 'text', value: 'FILE', summary: 'trust.json, brought here by a way that is not the server' },
    'repository-id': {
      type: 'text',
      value: 'r_…',
      summary: 'the repository’s id; absent: that of its other points, or a new one',
    },
    host: { type: 'text', value: 'NAME', summary: 'the git server’s name, with --repository-id or for a new one' },
    property: { type: 'list', value: 'K=V', summary: 'a property that the program may select by' },
    'point-name': { type: 'text', value: 'TEXT', summary: 'what people call this enforcement point' },
    enforced: { type: 'flag', summary: 'nobody whose change is judged can edit the job; absent: cooperative' },
  },
  notes: [
    'The directory holds the single journal in which grants are spent, so all runners of the gate must share one, on one disk.',
  ],
  examples: [
    {
      line: 'breakglass gate install --dir /var/lib/breakglass/ci --name acme/payments --trust trust.json',
      words: 'on the machine that keeps the journal',
    },
  ],
  exits: [3, 5, 6],
  run: runInstall,
})

interface Options {
  dir: string | undefined
  name: string | undefined
  trust: string | undefined
  'repository-id': string | undefined
  host: string | undefined
  property: string[]
  'point-name': string | undefined
  enforced: boolean
}

async function runInstall(context: CommandContext, { options }: { options: Options }): Promise<ExitCode> {
  const { name, trust } = options
  if (options.dir === undefined || name === undefined || trust === undefined) {
    throw usageError('Expected --dir, --name and --trust.', 'breakglass gate install --help shows how')
  }
  const properties = readProperties(options.property)
  const trustText = await readTrustFile(resolve(context.cwd, trust))
  const { client } = await connect(context)
  const dir = resolve(context.cwd, options.dir)
  const enforcement = options.enforced ? 'enforced' : 'cooperative'
  const repository = { id: await repositoryIdFor(client, name, options), name }
  const pointName = options['point-name'] ?? `${name} in CI at ${hostname()}`
  const wish = { dir, kind: 'ci', enforcement, repository, properties, name: pointName, trustText } as const
  const installed = await installPoint(wish, client)
  const program = await atPoint(context, dir, point => refreshBundle(point))
  context.out.lines(
    `${installed.isNew ? 'registered' : 'found'} the ${enforcement} enforcement point ${installed.id} in ${dir}`,
    program.ok ? `accepted version ${program.accepted.version} of the program` : `no program yet: ${program.words}`,
    `set BREAKGLASS_POINT=${dir} where gates run`,
  )
  const { id, isNew, isTrustNew } = installed
  if (context.out.json) context.out.document({ point: id, dir, isNew, isTrustNew, hasProgram: program.ok })
  return 0
}

/** A grant names a repository by its id, so every point of one repository must know it by the same. */
async function repositoryIdFor(client: Client, name: string, options: Options) {
  const given = options['repository-id']
  const host = options.host ?? hostname()
  if (given !== undefined) {
    if (!idOf('repository').safeParse(given).success)
      throw usageError('Expected --repository-id to be an id such as r_….')
    return { forge: 'git', host, id: given }
  }
  const { points } = await client.call(contract.listPoints, {})
  const known = points.find(({ repository }) => repository.name === name)
  return known?.repository.id ?? { forge: 'git', host, id: formatId('repository', randomBytes(16)) }
}
