import { globalOptions } from '../framework/parse.ts'

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

export interface CompletedCommand {
  name: string
  summary: string
  options: readonly string[]
}

/** A script that the shell sources. Words are made of `[a-z-]` alone; summaries are quoted for the shell at hand. */
export function renderCompletion(shell: Shell, commands: readonly CompletedCommand[]): string {
  return { bash: renderBash, zsh: renderZsh, fish: renderFish }[shell](commands)
}

const globals = Object.keys(globalOptions).map(option => `--${option}`)
const flagsOf = ({ options }: CompletedCommand) => [...options.map(option => `--${option}`), ...globals].join(' ')

function firstWords(commands: readonly CompletedCommand[]): string[] {
  return [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? name))]
}

function verbsOf(noun: string, commands: readonly CompletedCommand[]): CompletedCommand[] {
  return commands.filter(({ name }) => name.startsWith(`${noun} `))
}

/** Both shells ask the same two questions: which word comes next, or which options this command has. */
function cases(commands: readonly CompletedCommand[]): string[] {
  const nouns = firstWords(commands).filter(noun => verbsOf(noun, commands).length > 0)
  return [
    ...commands.map(command => `    '${command.name}') words='${flagsOf(command)}' ;;`),
    ...nouns.map(
      noun =>
        `    '${noun}') words='${verbsOf(noun, commands)
          .map(({ name }) => name.split(' ')[1])
          .join(' ')}' ;;`,
    ),
    `    '') words='${[...firstWords(commands), '--version', ...globals].join(' ')}' ;;`,
  ]
}

function renderBash(commands: readonly CompletedCommand[]): string {
  return `# bash completion for breakglass
_breakglass() {
  local typed='' words='' index word
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    [[ $word == -* ]] && continue
    case "$typed" in
      ''|${firstWords(commands)
        .filter(noun => verbsOf(noun, commands).length > 0)
        .join('|')}) typed="\${typed:+$typed }$word" ;;
    esac
  done
  case "$typed" in
${cases(commands).join('\n')}
  esac
  # No mapfile: the bash of macOS has none, and no word here holds a space.
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _breakglass breakglass
`
}

function renderZsh(commands: readonly CompletedCommand[]): string {
  return `#compdef breakglass
_breakglass() {
  local typed='' list='' word
  local index
  for ((index = 2; index < CURRENT; index++)); do
    word=\${words[index]}
    [[ $word == -* ]] && continue
    case "$typed" in
      ''|${firstWords(commands)
        .filter(noun => verbsOf(noun, commands).length > 0)
        .join('|')}) typed="\${typed:+$typed }$word" ;;
    esac
  done
  case "$typed" in
${cases(commands).join('\n').replaceAll(' words=', ' list=')}
  esac
  compadd -- \${=list}
  _files
}
compdef _breakglass breakglass
`
}

function renderFish(commands: readonly CompletedCommand[]): string {
  const quote = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  const seen = (words: string) =>
    words
      .split(' ')
      .map(word => `__fish_seen_subcommand_from ${word}`)
      .join('; and ')
  const lines = commands.flatMap(({ name, summary, options }) => {
    const [noun = name, verb] = name.split(' ')
    const condition =
      verb === undefined
        ? '__fish_use_subcommand'
        : `${seen(noun)}; and not ${`__fish_seen_subcommand_from ${verbsOf(noun, commands)
            .map(one => one.name.split(' ')[1])
            .join(' ')}`}`
    return [
      `complete -c breakglass -n ${quote(condition)} -a ${quote(verb ?? noun)} -d ${quote(summary)}`,
      ...options.map(option => `complete -c breakglass -n ${quote(seen(name))} -l ${option}`),
    ]
  })
  const nouns = firstWords(commands).filter(noun => verbsOf(noun, commands).length > 0)
  return [
    '# fish completion for breakglass',
    ...nouns.map(noun => `complete -c breakglass -n '__fish_use_subcommand' -a ${quote(noun)}`),
    ...globals.map(option => `complete -c breakglass -l ${option.slice(2)}`),
    ...lines,
    '',
  ].join('\n')
}
