import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { build, type Plugin } from 'vite'

const root = dirname(fileURLToPath(import.meta.url))
const project = join(root, '..', '..')
const out = join(root, 'dist')
const stampFile = join(out, 'sources.sha256')

/** Where the built console lies: `index.html`, and `assets/` whose names carry their hash. */
export const consoleFolder = out

/** Builds the console into `dist` unless what lies there was made from the same sources. Errors: not for production. */
export async function buildConsole(): Promise<'built' | 'unchanged'> {
  const stamp = digestOfSources()
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return 'unchanged'
  await build({
    root,
    configFile: false,
    base: '/console/',
    logLevel: 'error',
    plugins: [react(), withoutOtherScripts(), forProduction()],
    build: {
      outDir: out,
      emptyOutDir: true,
      // Old kernels of domestic browsers are Chromium 87 and later (ux.md C3).
      target: 'chrome87',
      reportCompressedSize: false,
      chunkSizeWarningLimit: 1500,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  })
  writeFileSync(stampFile, stamp)
  return 'built'
}

/**
 * The bundler takes NODE_ENV for the kind of build: under that of a test the components are slower and give every
 * dialog the same id, so that Escape no longer finds the one in front.
 */
function forProduction(): Plugin {
  return {
    name: 'for-production',
    configResolved({ isProduction }) {
      if (!isProduction) throw new Error('the console is built with NODE_ENV=production')
    },
  }
}

/** Font subsets of scripts nobody here writes are left out: Vietnamese and Cyrillic. */
function withoutOtherScripts(): Plugin {
  const unwanted = /@font-face\s*\{[^}]*-(?:vietnamese|cyrillic|cyrillic-ext)-[^}]*\}/g
  return {
    name: 'without-other-scripts',
    enforce: 'pre',
    transform(code, id) {
      return id.includes('@fontsource-variable') && id.includes('.css')
        ? code.replaceAll(unwanted, '')
        : undefined
    },
  }
}

/** The console's own sources, the shared words, and the packages they are built with. */
function digestOfSources(): string {
  const hash = createHash('sha256')
  const files = [
    join(root, 'build.ts'),
    join(root, 'index.html'),
    join(project, 'package-lock.json'),
    ...filesBelow(join(root, 'src')),
    ...filesBelow(join(project, 'web', 'shared')),
  ]
  for (const file of files.toSorted()) {
    hash.update(file.slice(project.length))
    hash.update('\0')
    hash.update(readFileSync(file))
  }
  return hash.digest('hex')
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
