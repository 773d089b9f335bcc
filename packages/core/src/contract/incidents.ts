import { z } from 'zod'
import { idOf } from '../ids.ts'
import { endpoint } from './endpoint.ts'
import { commit, incidentView, severity, text } from './shapes.ts'

const byId = z.strictObject({ id: idOf('incident') })

export const openIncident = endpoint({
  id: 'openIncident',
  method: 'post',
  path: '/incidents',
  summary: 'Open an incident in the built-in register; whoever opens it commands it unless another is named.',
  tag: 'incidents',
  access: 'person',
  body: z.strictObject({ title: text(200), severity, commander: z.string().max(254).optional() }),
  reply: incidentView,
})

export const setIncident = endpoint({
  id: 'setIncident',
  method: 'post',
  path: '/incidents/{id}',
  summary: 'Change severity or commander.',
  tag: 'incidents',
  access: 'person',
  params: byId,
  body: z.strictObject({ severity: severity.optional(), commander: z.string().max(254).optional() }),
  reply: incidentView,
  errors: ['wrong_state'],
})

export const nameCause = endpoint({
  id: 'nameCause',
  method: 'post',
  path: '/incidents/{id}/causes',
  summary: 'Name a landing as a cause of the incident, or take that back; also after it was resolved.',
  tag: 'incidents',
  access: 'person',
  params: byId,
  body: z.strictObject({ repository: text(200), commit, withdrawn: z.boolean().default(false) }),
  reply: z.strictObject({
    incident: incidentView,
    /** Landings that end at this commit: what the numbers count it against. */
    landings: z.int().min(0),
    /** It stood so before. */
    already: z.boolean(),
  }),
})

export const resolveIncident = endpoint({
  id: 'resolveIncident',
  method: 'post',
  path: '/incidents/{id}/resolve',
  summary: 'Resolve an incident. Live grants keep the terms they were decided under.',
  tag: 'incidents',
  access: 'person',
  params: byId,
  reply: incidentView,
  errors: ['wrong_state'],
})

export const listIncidents = endpoint({
  id: 'listIncidents',
  method: 'get',
  path: '/incidents',
  summary: 'Incidents, open ones first.',
  tag: 'incidents',
  access: 'person',
  reply: z.strictObject({ incidents: z.array(incidentView) }),
})
