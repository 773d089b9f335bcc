/**
 * Every rule that reading, resolving and checking a program knows, in the order in which docs/program.md lists them. An
 * error stops publication; advice does not: it says what will hurt in an emergency, and what to do now.
 */
export const checkRules = {
  // the text
  too_large: ['error', 'The program, with everything it includes, has at most 1 MiB, and its resolution 1.5 MiB.'],
  bad_character: [
    'error',
    'No control characters, and none that change the direction of text: a reviewer reads what is there.',
  ],
  yaml_syntax: ['error', 'The file is YAML 1.2.'],
  yaml_not_plain: ['error', 'One plain document: no anchors, aliases, merge keys, tags of its own, directives.'],
  too_deep: ['error', 'At most 20 levels.'],
  duplicate_key: ['error', 'A key stands once.'],
  unknown_key: ['error', 'Only known keys: a misspelt one would silently not hold.'],
  missing_key: ['error', 'What a program or gate cannot do without is there.'],
  wrong_value: ['error', 'A value is of the documented form and within its bounds.'],
  // files it names
  file_missing: ['error', 'A file the program names is there, and a pattern finds at least one.'],
  duplicate_name: ['error', 'A gate, group, team, template or pre-approved change is defined once over all files.'],
  // references
  unknown_reference: ['error', 'A group, template or gate that is named exists.'],
  not_an_email: ['error', 'What holds an @ is an e-mail address.'],
  reserved_name: ['error', 'No group is called owners: that is the program owners.'],
  group_cycle: ['error', 'A group does not contain itself, not even by way of others.'],
  owners_by_schedule: ['error', 'Owners are named people: who publishes the program does not change by the week.'],
  bot_by_group: ['error', 'A bot is named by its account, never by a group.'],
  unknown_timezone: ['error', 'A time zone is known.'],
  ambiguous_repository: ['error', 'A name means one registered repository.'],
  // gates
  gate_nowhere: ['error', 'A gate names at least one repository and, unless it stands before operations, one branch.'],
  gate_passes_by_one_way: ['error', 'A gate passes by exactly one of check, reviews, approval.'],
  fail_open_not_advisory: ['error', 'Only an advisory gate may pass when it cannot run.'],
  fallback_on_breakable_gate: ['error', 'Only a safety net has when_it_cannot_run.'],
  gate_opens_program_source: ['error', 'No gate on the branch where the program lives may be broken.'],
  // advice: the relief valve
  unsurvivable_gate: [
    'advice',
    'A gate that can neither be broken nor opened when it cannot run gets deleted under pressure.',
  ],
  expensive_safety_net: [
    'advice',
    'A safety net that waits for people costs an emergency hours; cheap ones cost seconds.',
  ],
  no_second_person: ['advice', 'A gate that asks for a second person has one besides the actor.'],
  nobody_in_group: ['advice', 'A group whose members nothing here can tell authorises nobody.'],
  // advice: who, how long
  everyone_can_break: ['advice', 'A gate everyone can break is not restricted.'],
  large_group: ['advice', 'A large group with standing permission to break a gate is hard to watch.'],
  long_ttl: ['advice', 'A grant longer than four hours outlives its emergency.'],
  standing_access: ['advice', 'Long grants for many uses are routine access, and belong to just-in-time access.'],
  control_gate_solo: ['advice', 'A control gate is not opened by one person alone.'],
  one_owner: ['advice', 'A widening needs two owners.'],
  no_widening_delay: ['advice', 'A widening waits long enough for somebody to object.'],
  // advice: review
  reviewers_only_actors: ['advice', 'Somebody reviews who is not among those who break the glass.'],
  no_second_reviewer: ['advice', 'Enough reviewers are left when the actor and the approver may not sign.'],
  // advice: ownership, practice
  gate_without_owner: ['advice', 'A gate has an owner who mends it when it hurts.'],
  gate_without_purpose: ['advice', 'A gate says what it protects.'],
  no_drills: ['advice', 'A path nobody has rehearsed will not be used right at night.'],
  no_forum: ['advice', 'The numbers are read in a standing review.'],
  preapproved_without_proof: ['advice', 'A pre-approved change says what proves that it is the known one.'],
  preapproved_without_end: ['advice', 'A pre-approval ends, at most a year ahead, and is renewed on purpose.'],
  preapproved_not_acted_on: ['advice', 'This version checks pre-approved changes and opens nothing for them.'],
  // advice: where it holds
  no_gates: ['advice', 'A program without gates guards nothing.'],
  repository_not_registered: ['advice', 'A repository that is not registered has no gate in force.'],
  selector_matches_nothing: ['advice', 'A selector matches at least one registered repository.'],
  forge_needed: ['advice', 'Reviews and approvals need a forge that knows them; a plain git repository does not.'],
  unused_definition: ['advice', 'A group or template that nothing uses is a leftover.'],
} as const satisfies Record<string, readonly ['error' | 'advice', string]>

export type RuleId = keyof typeof checkRules
