import type { ForumRule } from './schedule.ts'

export interface Publishing {
  to: string
  delivered: false
  why: string
}

/** Said plainly: nothing here reaches a chat, so the report does not appear there by itself. */
export const publishingOf = (forum: ForumRule | undefined): { publish?: Publishing } =>
  forum?.publish === undefined
    ? {}
    : {
        publish: {
          to: forum.publish,
          delivered: false,
          why: 'No chat is connected. Its text for chat: breakglass report --format markdown.',
        },
      }
