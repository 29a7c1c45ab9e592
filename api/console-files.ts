import { existsSync } from 'node:fs'
import { serveStatic } from '@hono/node-server/serve-static'
import { newRouter } from './deps.ts'

/**
 * The built console. A file with a digest in its name never changes; any other address under `/console/` is a
 * page of the console, which its own router opens.
 */
export function consoleFiles(folder: string) {
  const strip = (path: string): string => path.slice('/console'.length)
  if (!existsSync(`${folder}/index.html`)) return newRouter()
  return newRouter()
    .get('/console', (c) => c.redirect('/console/', 301))
    .use('/console/assets/*', async (c, next) => {
      await next()
      if (c.res.ok) c.header('cache-control', 'public, max-age=31536000, immutable')
    })
    .get('/console/assets/*', serveStatic({ root: folder, rewriteRequestPath: strip }))
    .get('/console/assets/*', (c) => c.notFound())
    .get('/console/*', async (c, next) => {
      await next()
      c.header('cache-control', 'no-cache')
    })
    .get('/console/*', serveStatic({ root: folder, rewriteRequestPath: strip }))
    .get('/console/*', serveStatic({ root: folder, path: 'index.html' }))
}
