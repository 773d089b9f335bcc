export { entries } from './commands/registry.ts'
export type { Command, CommandContext, Entry, ExitCode } from './framework/command.ts'
export type { Context, Sink, Source } from './framework/context.ts'
export { runCli } from './framework/run.ts'
