import { resolve } from 'node:path'
import { BreakglassError } from '@breakglass/core/errors'
import { listRepositories } from '@breakglass/github/api'
import { connect } from '../client/connect.ts'
import { type CommandContext, defineCommand, type ExitCode } from '../framework/command.ts'
import { usageError } from '../framework/usage-error.ts'
import { clientOf } from '../github/source.ts'
import { atPoint } from '../point/at-point.ts'
import { githubSource } from '../point/home.ts'
import { installPoint, readProperties } from '../point/install.ts'
import { readTrustFile } from '../point/read-trust-file.ts'
import { refreshBundle } from '../point/sync.ts'

export const command = defineCommand({
  positionals: [],
  options: {
    dir: { type: 'text', value: 'DIR', summary: 'a directory of its own, on a disk that lasts' },
    name: {
      type: 'text',
      value: 'acme/payments',
      summary: 'the repository on GitHub, which is also its name in the program',
    },
    app: { type: 'text', value: 'ID', summary: 'the number of your GitHub App' },
    installation: { type: 'text', value: 'ID', summary: 'the number of its installation in your organisation' },
    key: { type: 'text', value: 'FILE', summary: 'the app’s private key, as GitHub gave it' },
    trust: { type: 'text', value: 'FILE', summary: 'trust.json, brought here by a way that is not the server' },
    api: { type: 'text', value: 'URL', summary: 'where the API is; absent: https://api.github.com' },
    property: { type: 'list', value: 'K=V', summary: 'a property that the program may select by' },
    'point-name': { type: 'text', value: 'TEXT', summary: 'what people call this enforcement point' },
  },
  notes: [
    'Registers an enforcement point for one repository and pins trust.json. breakglass github keep then runs there for as long as the gates stand; breakglass github doctor says what the branch still has to require.',
    'The app needs the permissions checks: write, contents: read, pull_requests: read, statuses: read, and no other. Its key stays on this machine: the server never sees it.',
  ],
  examples: [
    {
      line: 'breakglass github install --dir /var/lib/breakglass/payments --name acme/payments --app 123456 --installation 7890123 --key app.pem --trust trust.json',
      words: 'on the machine that keeps the gates of this repository',
    },
  ],
  exits: [3, 5, 6],
  run: runInstall,
})

interface Options {
  dir: string | undefined
  name: string | undefined
  app: string | undefined
  installation: string | undefined
  key: string | undefined
  trust: string | undefined
  api: string | undefined
  property: string[]
  'point-name': string | undefined
}

async function runInstall(context: CommandContext, { options }: { options: Options }): Promise<ExitCode> {
  const { name, trust, app, installation, key, api = 'https://api.github.com' } = options
  if (!options.dir || !name || !trust || !app || !installation || !key) {
    throw usageError(
      'Expected --dir, --name, --app, --installation, --key and --trust.',
      'breakglass github install --help shows how',
    )
  }
  const source = githubSource.safeParse({
    api: api.replace(/\/$/, ''),
    app,
    installation,
    key: resolve(context.cwd, key),
  })
  if (!source.success) throw usageError('Expected numbers for --app and --installation, and an address for --api.')
  const properties = readProperties(options.property)
  const trustText = await readTrustFile(resolve(context.cwd, trust))
  const { id, host } = await repositoryAt(source.data, name, () => context.now())
  const { client } = await connect(context)
  const dir = resolve(context.cwd, options.dir)
  const wish = {
    dir,
    kind: 'github',
    enforcement: 'enforced',
    repository: { id: { forge: 'github', host, id }, name },
    properties,
    name: options['point-name'] ?? `${name} on ${host}`,
    trustText,
    github: source.data,
  } as const
  const installed = await installPoint(wish, client)
  const program = await atPoint(context, dir, point => refreshBundle(point))
  context.out.lines(
    `${installed.isNew ? 'registered' : 'found'} the enforcement point ${installed.id} in ${dir}, for the repository ${id} of ${host}`,
    program.ok ? `accepted version ${program.accepted.version} of the program` : `no program yet: ${program.words}`,
    `keep its gates: breakglass github keep --point ${dir}`,
    `what the branch has to require: breakglass github doctor --point ${dir}`,
  )
  const { isNew, isTrustNew } = installed
  if (context.out.json)
    context.out.document({ point: installed.id, dir, isNew, isTrustNew, repository: id, hasProgram: program.ok })
  return 0
}

/** A repository is its number, which never changes; its name may be another's tomorrow. */
async function repositoryAt(source: Parameters<typeof clientOf>[0], name: string, now: () => number) {
  const all = await listRepositories(clientOf(source, now))
  const found = all.find(({ full_name }) => full_name.toLowerCase() === name.toLowerCase())
  if (!found) {
    const names = all.slice(0, 20).map(({ full_name }) => full_name)
    throw new BreakglassError('not_found', {
      message: `The installation ${source.installation} does not see ${name}. It sees: ${names.join(', ') || 'nothing'}.`,
      data: { next: 'add the repository to the installation in the settings of the organisation' },
    })
  }
  const { hostname } = new URL(source.api)
  // `api.github.com`, `api.acme.ghe.com`; an Enterprise Server answers under its own name.
  return { id: found.id, host: hostname.replace(/^api\./, '') }
}
