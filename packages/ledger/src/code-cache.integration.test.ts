import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const uid = process.getuid?.() ?? -1
let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'breakglass-home-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

/** In a process of its own, which compiles something once the cache is on; what was kept below its home. */
function kept(account: { homedir: string; uid: number }): string[] {
  const code = [
    `const { cacheCompiledCode } = await import(${JSON.stringify(new URL('code-cache.ts', import.meta.url).href)})`,
    `cacheCompiledCode(() => (${JSON.stringify(account)}))`,
    `await import(${JSON.stringify(new URL('errors.ts', import.meta.url).href)})`,
  ].join('\n')
  execFileSync(process.execPath, ['--input-type=module', '-e', code], { timeout: 20_000 })
  try {
    return readdirSync(join(home, '.cache', 'breakglass'))
  } catch {
    return []
  }
}

describe('compiled code', () => {
  it('is kept below the home of the account', () => {
    expect(kept({ homedir: home, uid })).toHaveLength(1)
  })

  it('is not kept where others could write, or in what is somebody else’s', () => {
    expect(kept({ homedir: home, uid: uid + 1 })).toEqual([])
    chmodSync(home, 0o777)
    expect(kept({ homedir: home, uid })).toEqual([])
  })

  it('is not kept behind a link, which may lead elsewhere tomorrow', () => {
    mkdirSync(join(home, 'elsewhere'), { mode: 0o700 })
    symlinkSync(join(home, 'elsewhere'), join(home, '.cache'))
    expect(kept({ homedir: home, uid })).toEqual([])
  })

  it.each(['/proc', '/proc/none', '/dev/null', '/nonexistent', 'relative', ''])(
    'is not kept, and nothing fails, where a home is %j',
    homedir => expect(kept({ homedir, uid })).toEqual([]),
  )
})
