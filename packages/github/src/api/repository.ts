import { BreakglassError } from '@breakglass/core/errors'
import { z } from 'zod'
import type { GithubClient } from './client.ts'
import * as shapes from './shapes.ts'

const perPage = 'per_page=100'

/** What a gate asks of one repository, by its name of now. */
export interface GithubRepository {
  openPulls(): Promise<shapes.Pull[]>
  pull(number: number): Promise<shapes.WholePull>
  reviews(number: number): Promise<shapes.Review[]>
  /** Pull requests that this commit is part of, as head or as what one was merged as. */
  pullsOf(sha: string): Promise<shapes.Pull[]>
  /** Of one commit, of every app; urgent where something has to be shut. */
  runs(sha: string, how?: { isUrgent: boolean }): Promise<shapes.CheckRun[]>
  statuses(sha: string): Promise<shapes.Status[]>
  createRun(fields: RunToCreate): Promise<shapes.CheckRun>
  updateRun(id: string, fields: RunToUpdate): Promise<shapes.CheckRun>
  /** What happened to one branch, the newest first, as far back as one page. */
  activity(branch: string): Promise<shapes.Activity[]>
  /** Branches of the merge queue, each with the commit that results belong on. */
  queueRefs(): Promise<shapes.Ref[]>
  /** Undefined where there is no such branch. */
  tip(branch: string): Promise<string | undefined>
}

export interface RunToUpdate {
  status: 'queued' | 'completed'
  conclusion?: 'success' | 'failure'
  external_id: string
  output: { title: string; summary: string }
  actions: readonly { label: string; description: string; identifier: string }[]
}

export interface RunToCreate extends RunToUpdate {
  name: string
  head_sha: string
}

export function githubRepository(client: GithubClient, fullName: string): GithubRepository {
  const base = `/repos/${fullName.split('/').map(encodeURIComponent).join('/')}`
  const inMember = (name: string) => (page: unknown) => (isObject(page) ? page[name] : undefined)
  return {
    openPulls: () => client.list(`${base}/pulls?state=open&${perPage}`, shapes.pull),
    pull: number => client.get(`${base}/pulls/${number}`, shapes.wholePull),
    reviews: number => client.list(`${base}/pulls/${number}/reviews?${perPage}`, shapes.review),
    pullsOf: sha => client.list(`${base}/commits/${sha}/pulls?${perPage}`, shapes.pull),
    runs: (sha, how) =>
      client.list(`${base}/commits/${sha}/check-runs?${perPage}`, shapes.checkRun, {
        items: inMember('check_runs'),
        ...how,
      }),
    statuses: sha => client.list(`${base}/commits/${sha}/statuses?${perPage}`, shapes.status),
    createRun: fields => client.send('POST', `${base}/check-runs`, fields, shapes.checkRun),
    updateRun: (id, fields) => client.send('PATCH', `${base}/check-runs/${id}`, fields, shapes.checkRun),
    queueRefs: () => client.list(`${base}/git/matching-refs/heads/gh-readonly-queue/`, shapes.ref),
    activity: branch =>
      client.get(`${base}/activity?ref=${encodeURIComponent(branch)}&${perPage}`, z.array(shapes.activity)),
    async tip(branch) {
      try {
        return (await client.get(`${base}/git/ref/heads/${encodePath(branch)}`, shapes.ref)).object.sha
      } catch (cause) {
        if (cause instanceof BreakglassError && cause.data['status'] === 404) return undefined
        throw cause
      }
    },
  }
}

/** Repositories that the installation sees. */
export const listRepositories = (client: GithubClient) =>
  client.list(`/installation/repositories?${perPage}`, shapes.repository, {
    items: page => (isObject(page) ? page['repositories'] : undefined),
  })

const encodePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/')

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
