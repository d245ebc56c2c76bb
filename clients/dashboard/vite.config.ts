import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';
import * as sdkDocuments from '../sdk/src/generated/graphql.ts';
import * as dashboardDocuments from './src/api/generated/graphql.ts';

/** Smaller files are sent as they are. */
const MIN_COMPRESSED_BYTES = 1024;

/** Writes each file once more for each coding, so that the server compresses nothing. */
const precompressed: Plugin = {
  name: 'precompressed',
  apply: 'build',
  async writeBundle({ dir = '' }, bundle) {
    const names = Object.keys(bundle).filter((name) => name.startsWith('assets/'));
    await Promise.all(
      names.map(async (name) => {
        const path = join(dir, name);
        const bytes = await readFile(path);
        if (bytes.length < MIN_COMPRESSED_BYTES) return;
        await Promise.all([
          promisify(brotliCompress)(bytes).then((compressed) => writeFile(`${path}.br`, compressed)),
          promisify(gzip)(bytes, { level: 9 }).then((compressed) => writeFile(`${path}.gz`, compressed)),
        ]);
      }),
    );
  },
};

/** The page names its files by the path under which the server is reached, which the server knows. */
const basePath: Plugin = {
  name: 'base-path',
  transformIndexHtml: (html, { server }) =>
    server ? html.replace('%BASE%', '').replace('%NONCE%', '').replace('%GRAPHIQL%', 'true') : html,
  async writeBundle({ dir = '' }) {
    const path = join(dir, 'index.html');
    const page = await readFile(path, 'utf8');
    await writeFile(path, page.replaceAll('"./', '"%BASE%/'));
  },
};

/** All operations that the dashboard may send, by their SHA-256: a server with trusted documents accepts these too. */
const trustedDocuments: Plugin = {
  name: 'trusted-documents',
  apply: 'build',
  async writeBundle({ dir = '' }) {
    const texts = [sdkDocuments, dashboardDocuments]
      .flatMap((documents) => Object.values(documents))
      .map(String)
      .filter((text) => /^(?:query|mutation|subscription) /.test(text));
    const byDigest = texts.map((text) => [createHash('sha256').update(text).digest('hex'), text] as const);
    await writeFile(join(dir, 'documents.json'), JSON.stringify(Object.fromEntries(byDigest)));
  },
};

const SERVER = process.env.SIGNALBOX_URL ?? 'http://127.0.0.1:4000';

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [basePath, precompressed, trustedDocuments],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // Every file is one of the server's, so that no data: URL needs to be allowed.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // The editor, which is loaded when somebody opens it.
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      // Of React components for servers; here all of them are for browsers.
      onLog: (level, log, report) => log.code === 'MODULE_LEVEL_DIRECTIVE' || report(level, log),
      // What every page needs is one file, what several need another: otherwise each part that two of them share is a request.
      output: {
        codeSplitting: {
          groups: [
            { name: 'start', tags: ['$initial'] },
            { name: 'shared', test: /lucide-react|dashboard\/src\/(?:ui|shell|parts\/payload)\//, minShareCount: 2 },
          ],
        },
      },
    },
    target: ['chrome123', 'firefox120', 'safari17.5'],
  },
  server: {
    proxy: Object.fromEntries(
      ['/graphql', '/session', '/artifacts', '/frame.html', '/frame.js', '/schemas', '^/runs/[^/]+/log'].map((path) => [
        path,
        { target: SERVER, ws: path === '/graphql' },
      ]),
    ),
  },
});
