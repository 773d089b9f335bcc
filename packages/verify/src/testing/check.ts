import type { FaultCode, Parsed } from '../fault.ts'
import { faultCodes } from '../fault.ts'

/** The codes of a refusal, each once, sorted; empty when it was accepted. */
export function codesOf(parsed: Parsed<unknown>): FaultCode[] {
  return parsed.ok ? [] : [...new Set(parsed.faults.map(({ code }) => code))].sort()
}

/** The value, or a throw that says why not. */
export function valueOf<T>(parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value
  throw new Error(JSON.stringify(parsed.faults))
}

/** That an answer is one: a value, or at least one fault with a known code and words. */
export function isAnswer(parsed: Parsed<unknown>): boolean {
  if (parsed.ok) return true
  return (
    parsed.faults.length > 0 &&
    parsed.faults.every(fault => {
      const words = [fault.at, fault.expected, fault.found]
      return faultCodes.includes(fault.code) && words.every(word => word !== '' && word.length < 20_000)
    })
  )
}
