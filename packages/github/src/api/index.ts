export { readAppKey } from './app-token.ts'
export { createGithubClient, type GithubApp, type GithubClient } from './client.ts'
export { githubRepository, type GithubRepository, listRepositories, type RunToUpdate } from './repository.ts'
export type { Activity, CheckRun, Pull, Ref, Review, Status, WholePull } from './shapes.ts'
