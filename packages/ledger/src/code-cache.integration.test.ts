import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const main = fileURLToPath(new URL('main.ts', import.meta.url))
let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'breakglass-home-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const help = (env: NodeJS.ProcessEnv) =>
  execFileSync(process.execPath, [main, '--help'], { env, encoding: 'utf8', timeout: 20_000 })

describe('compiled code', () => {
  it('is kept below the home of the account', () => {
    expect(help({ HOME: home })).toContain('breakglass-ledger')
    expect(readdirSync(join(home, '.cache', 'breakglass'))).toHaveLength(1)
  })

  it('is kept where the account keeps what it can make again', () => {
    help({ HOME: home, XDG_CACHE_HOME: join(home, 'caches') })
    expect(readdirSync(home)).toEqual(['caches'])
  })

  it.each(['/proc', '/proc/none', '/dev/null', '/nonexistent', 'relative', ''])(
    'is not kept where a home is %j',
    none => {
      expect(help({ HOME: none })).toContain('breakglass-ledger')
    },
  )
})
