import { canonicalJson, type JsonObject, sha256 } from '@breakglass/verify'
import { readClassic } from './classic.ts'
import type { Answer, BranchProtection } from './rules.ts'
import { type Branch, type RulesetAnswers, readRulesets } from './rulesets.ts'

export interface BranchAnswers extends RulesetAnswers {
  /** `GET /repos/{o}/{r}/branches/{b}/protection`. */
  classic: Answer
}

/** The normal form of what protects one branch, from the answers of one look (docs/github.md "Normal form"). */
export function branchProtection(answers: BranchAnswers, branch: Branch): BranchProtection {
  const classic = readClassic(answers.classic)
  const rulesets = readRulesets(answers, branch)
  return {
    rules: [...(typeof classic === 'string' ? [] : [classic]), ...rulesets.rules],
    unread: [...(classic === 'unreadable' ? ['classic protection'] : []), ...rulesets.unread],
  }
}

/** Equal for equal protection: what a timeline keeps of a snapshot. */
export function protectionDigest(protection: object): `sha256:${string}` {
  // Without what is undefined: that and absent are one.
  const plain = JSON.parse(JSON.stringify(protection)) as JsonObject
  return `sha256:${Buffer.from(sha256(Buffer.from(canonicalJson(plain)))).toString('hex')}`
}
