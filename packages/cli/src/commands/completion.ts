import { renderCompletion, shells } from '../completion/render.ts'
import { defineCommand } from '../framework/command.ts'
import { usageError } from '../framework/usage-error.ts'
import { entries } from './registry.ts'

export const command = defineCommand({
  positionals: [{ name: 'shell', summary: shells.join(', ') }],
  options: {},
  examples: [
    { line: 'breakglass completion bash > ~/.local/share/bash-completion/completions/breakglass', words: 'bash' },
    { line: 'breakglass completion zsh > ~/.zfunc/_breakglass', words: 'zsh' },
    { line: 'breakglass completion fish > ~/.config/fish/completions/breakglass.fish', words: 'fish' },
  ],
  exits: [],
  async run(context, { positionals: [given = ''] }) {
    const shell = shells.find(one => one === given)
    if (shell === undefined) throw usageError(`Completion is made for ${shells.join(', ')}; found “${given}”.`)
    const loaded = await Promise.all(
      entries.map(async ({ name, summary, load }) => ({ name, summary, options: Object.keys((await load()).options) })),
    )
    const script = renderCompletion(shell, loaded)
    if (context.out.json) context.out.document({ shell, script })
    else context.out.raw(script)
    return 0
  },
})
