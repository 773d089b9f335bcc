import { globSync } from 'node:fs'

/** libfaketime, which gives a process another clock at its edge: every program and hook below it, and nothing in this one. */
function libfaketime(): string {
  const [found] = globSync('/usr/lib{,/*}/faketime/libfaketimeMT.so.1')
  if (found !== undefined) return found
  throw new Error('expected libfaketime in /usr/lib/*/faketime, found none; as root: apt-get install -y faketime')
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
