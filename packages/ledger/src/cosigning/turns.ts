import type { AskedWitness, Question, Word } from './asked-witness.ts'

interface Turn {
  question: Question
  settle: (word: Word) => void
}

/**
 * One witness's turns: a question at a time, and of those that wait only the newest, since a cosignature on it says all that
 * one on an older tree would. A question nobody waits for any more is asked to its end, so that a late witness catches up.
 */
export class Turns {
  readonly #witness: AskedWitness
  readonly #timeoutMs: number
  readonly #stop: AbortSignal
  #waiting: Turn | undefined
  #running: Promise<void> | undefined

  constructor(witness: AskedWitness, timeoutMs: number, stop: AbortSignal) {
    this.#witness = witness
    this.#timeoutMs = timeoutMs
    this.#stop = stop
  }

  /** Answers within `timeoutMs`, the wait for the turn before included. */
  ask(question: Question): Promise<Word> {
    return new Promise(resolve => {
      const timer = setTimeout(() => settle({ code: 'timeout', message: 'no answer came in time' }), this.#timeoutMs)
      const settle = (word: Word): void => {
        clearTimeout(timer)
        resolve(word)
      }
      this.#waiting?.settle({ code: 'superseded', message: 'a newer checkpoint took its turn' })
      this.#waiting = { question, settle }
      this.#running ??= this.#run()
    })
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    for (let turn = this.#next(); turn !== undefined; turn = this.#next()) {
      const { question, settle } = turn
      if (this.#stop.aborted) settle({ code: 'stopping', message: 'the log is stopping' })
      else
        settle(
          await this.#witness.cosign(question, AbortSignal.any([this.#stop, AbortSignal.timeout(this.#timeoutMs)])),
        )
    }
    this.#running = undefined
  }

  #next(): Turn | undefined {
    const turn = this.#waiting
    this.#waiting = undefined
    return turn
  }
}
