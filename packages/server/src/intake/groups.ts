/** A commit for so many at most, so that a person's command waits for little where there is one writer. */
export const groupCountMax = 256
export const groupBytesMax = 4 * 1024 * 1024
/** How long the first of a group waits for others; while a group is being kept the next one gathers anyway. */
export const groupWaitMs = 2

interface Waiting<T> {
  item: T
  bytes: number
  kept: () => void
  failed: (why: unknown) => void
}

export interface Groups<T> {
  /** Settles when the item's group is on the disk, or rejects with why it is not. */
  add(item: T, bytes: number): Promise<void>
  /** Settles when all that was added is settled. */
  drained(): Promise<void>
}

/** Keeps items in groups, one group at a time, in the order they came. */
export function createGroups<T>(keep: (group: T[]) => Promise<unknown>): Groups<T> {
  const waiting: Waiting<T>[] = []
  let running: Promise<void> | undefined

  function take(): Waiting<T>[] {
    let bytes = 0
    let count = 0
    for (const one of waiting) {
      bytes += one.bytes
      if (count > 0 && (count >= groupCountMax || bytes > groupBytesMax)) break
      count++
    }
    return waiting.splice(0, count)
  }

  async function run(): Promise<void> {
    await new Promise(resolve => setTimeout(resolve, groupWaitMs))
    while (waiting.length > 0) {
      const group = take()
      try {
        await keep(group.map(({ item }) => item))
        for (const { kept } of group) kept()
      } catch (why) {
        for (const { failed } of group) failed(why)
      }
      // What arrived meanwhile is read from its sockets before the next group is cut.
      await new Promise(resolve => setImmediate(resolve))
    }
    running = undefined
  }

  return {
    add: (item, bytes) =>
      new Promise((kept, failed) => {
        waiting.push({ item, bytes, kept, failed })
        running ??= run()
      }),
    drained: async () => running,
  }
}
