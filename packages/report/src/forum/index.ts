export { forumPage } from './html.ts'
export { forumMarkdown } from './markdown.ts'
export { forumLines } from './terminal.ts'
