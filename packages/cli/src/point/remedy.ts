import type { ClosedCode, Scene } from './judge.ts'
import type { ResultState } from './judge-results.ts'
import type { ResolvedGate } from './program.ts'

export interface Situation {
  code: ClosedCode
  result: ResultState['code']
  scene: Scene
}

/** What a person does next. Where the gate may be broken that is one command, complete. */
export function remedyFor(gate: ResolvedGate, { code, result, scene }: Situation): string {
  if (code === 'grant_needs_server') {
    return 'push again when the server answers, or with an offline grant as the push option breakglass.grant'
  }
  if (code === 'ledger_unjoined') {
    return 'push again when the ledger answers the server, or with an offline grant; on the git server: breakglass hook doctor'
  }
  if (scene.isProgramSource) return "nothing opens a gate on the program's own source; make the check pass"
  if (gate.breakGlass.kind === 'allowed') return openCommand(gate.name, scene)
  if (result === 'could_not_run' && gate.whenItCannotRun !== undefined) {
    return `when it could not run for ${gate.whenItCannotRun.afterSeconds} s, with a second person: ${openCommand(gate.name, scene)}`
  }
  return 'this gate is a safety net that no grant opens; make the check pass, or land a revert that passes'
}

/** The one command that would break glass. Every value is of a bounded, checked form, so the line can be pasted into a shell. */
export function openCommand(
  gate: string,
  { repositoryName, commit, ref }: Pick<Scene, 'repositoryName' | 'commit' | 'ref'>,
): string {
  const hex = commit.slice(commit.indexOf(':') + 1)
  const branch = ref.replace(/^refs\/heads\//, '')
  return `breakglass open ${shellWord(`${repositoryName}@${hex}`)} --ref ${shellWord(branch)} --gate ${shellWord(gate)}`
}

/** POSIX: plain words stay as they are, all else in single quotes. */
export function shellWord(word: string): string {
  if (/^[A-Za-z0-9_./@:=+-]+$/.test(word)) return word
  return `'${word.replaceAll("'", String.raw`'\''`)}'`
}
