import { globSync } from 'node:fs'
import { installFromDebian, mayInstall } from '../../support/debian.ts'

const remedy = 'expected libfaketime in /usr/lib/*/faketime, found none; as root: apt-get install -y faketime'

const find = (): string | undefined => globSync('/usr/lib{,/*}/faketime/libfaketimeMT.so.1')[0]

/**
 * libfaketime, which gives a process another clock at its edge: every program and hook below it, and nothing in this one.
 * Installed here where the tests may; else the run fails and says what to install.
 */
function libfaketime(): string {
  if (find() === undefined && mayInstall()) installFromDebian(['faketime'], remedy)
  const found = find()
  if (found === undefined) throw new Error(remedy)
  return found
}

/** Runs `work` so that whatever it starts has a clock that is `offset` away, such as `+2h` or `-90s`. */
export async function atClock<T>(offset: string, work: () => Promise<T>): Promise<T> {
  const faked = { LD_PRELOAD: libfaketime(), FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: '1' }
  const before = Object.keys(faked).map(name => [name, process.env[name]] as const)
  Object.assign(process.env, faked)
  try {
    return await work()
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
}
