import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { BreakglassError } from '@breakglass/core/errors'
import { connect } from '../client/connect.ts'
import { type CommandContext, defineCommand, type ExitCode } from '../framework/command.ts'
import { usageError } from '../framework/usage-error.ts'
import { atPoint, gitAt, pointDirectoryName } from '../point/at-point.ts'
import type { Git } from '../point/git.ts'
import { hookScript, rememberHook, thisProgram, writeHook } from '../point/hook-file.ts'
import { installPoint, readProperties, repositoryIdOf } from '../point/install.ts'
import { readPusherSource } from '../point/pusher.ts'
import { readTrustFile } from '../point/read-trust-file.ts'
import { refreshBundle } from '../point/sync.ts'
import { keepTips } from '../point/tips.ts'

export const command = defineCommand({
  positionals: [],
  options: {
    repo: { type: 'text', value: 'DIR', summary: 'the bare repository on this git server' },
    name: { type: 'text', value: 'acme/payments', summary: 'what the program calls the repository' },
    trust: { type: 'text', value: 'FILE', summary: 'trust.json, brought here by a way that is not the server' },
    host: { type: 'text', value: 'NAME', summary: 'the git server’s name; absent: this machine’s' },
    property: { type: 'list', value: 'K=V', summary: 'a property that the program may select by' },
    pusher: {
      type: 'text',
      value: 'VAR[=ISSUER]',
      summary: 'the environment variable that names whoever pushes, and who vouches for it; absent: nobody is known',
    },
    'point-name': { type: 'text', value: 'TEXT', summary: 'what people call this enforcement point' },
  },
  notes: [
    'Registers an enforcement point, pins trust.json, and installs hooks/pre-receive. Run again, it registers nothing and mends what is missing.',
    'With --pusher the numbers know people, by pseudonym: GL_USER of gitolite, REMOTE_USER of git over HTTP, GITEA_PUSHER_NAME. It opens no gate.',
    'A hook that is there already is kept in hooks/pre-receive.d and runs first; nothing is spent unless it agrees.',
    'Needs an administrator’s profile, once. The directory breakglass in the repository then holds the point’s own key and credential.',
  ],
  examples: [
    {
      line: 'breakglass hook install --repo /srv/git/payments.git --name acme/payments --trust trust.json --property tier=1',
      words: 'on the git server, as the user who runs git',
    },
    {
      line: 'breakglass hook install --repo /srv/git/payments.git --name acme/payments --trust trust.json --pusher GL_USER=git.acme.dev',
      words:
        'pushes of kofi are those of the account git.acme.dev:kofi, which breakglass person link gives to somebody',
    },
  ],
  exits: [3, 5, 6],
  run: runInstall,
})

interface Given {
  options: {
    repo: string | undefined
    name: string | undefined
    trust: string | undefined
    host: string | undefined
    property: string[]
    pusher: string | undefined
    'point-name': string | undefined
  }
}

async function runInstall(context: CommandContext, { options }: Given): Promise<ExitCode> {
  const { repo, name, trust } = options
  if (repo === undefined || name === undefined || trust === undefined) {
    throw usageError('Expected --repo, --name and --trust.', 'breakglass hook install --help shows how')
  }
  const properties = readProperties(options.property)
  const pusher = options.pusher === undefined ? undefined : readPusherSource(options.pusher)
  const trustText = await readTrustFile(resolve(context.cwd, trust))
  const git = gitAt(context, repo)
  if (!git.isBare())
    throw new BreakglassError('bad_input', `Expected a bare repository, found a working copy in ${repo}.`)
  const { client } = await connect(context)
  const host = options.host ?? hostname()
  const dir = resolve(git.gitDir(), pointDirectoryName)
  const installed = await installPoint(
    {
      dir,
      kind: 'git_hook',
      enforcement: 'enforced',
      repository: { id: { forge: 'git', host, id: repositoryIdOf(git) }, name },
      properties,
      name: options['point-name'] ?? `${name} at ${host}`,
      trustText,
      pusher,
    },
    client,
  )
  const hook = installHook(git, dir)
  const program = await atPoint(context, dir, async point => {
    rememberHook(point.journal, hook.digest)
    keepTips(point.journal, git.heads())
    return refreshBundle(point)
  })
  const words = program.ok ? `version ${program.accepted.version} of the program` : program.words
  context.out.lines(
    `${installed.isNew ? 'registered' : 'found'} the enforcement point ${installed.id} in ${dir}`,
    `installed ${hook.path}`,
    ...(hook.kept === undefined ? [] : [`kept the hook that was there as ${hook.kept}; it runs first`]),
    program.ok ? `accepted ${words}` : `closed until a program is accepted (breakglass hook sync): ${words}`,
  )
  const { id, isNew, isTrustNew } = installed
  if (context.out.json) context.out.document({ point: id, dir, isNew, isTrustNew, hook, hasProgram: program.ok })
  return 0
}

function installHook(git: Git, dir: string) {
  const hook = writeHook(git, hookScript(dir, thisProgram()))
  git.setConfig('receive.advertisePushOptions', 'true')
  return hook
}
