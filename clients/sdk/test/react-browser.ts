import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { rolldown } from 'rolldown';

const sdk = resolve(import.meta.dirname, '..');
const EXAMPLES = 'readme.tsx';
const ENTRY = 'entry.tsx';

/** The programs of the README in a language. */
export async function readmeBlocks(language: string): Promise<string[]> {
  const readme = await readFile(join(sdk, 'README.md'), 'utf8');
  const fence = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g');
  return [...readme.matchAll(fence)].map(([, block = '']) => block);
}

/** The script of a page with the components of the README and of react-page.tsx, with React as in development. */
export async function bundleReactPage(): Promise<string> {
  const blocks = await readmeBlocks('tsx');
  const modules: Record<string, string> = {
    [ENTRY]: `
      import { createRoot } from 'react-dom/client';
      import { servePage } from '${join(sdk, 'test/react-page.tsx')}';
      ${blocks.map((_, index) => `import * as example${index} from '${index}-${EXAMPLES}';`).join('\n')}
      servePage(createRoot, { ${blocks.map((_, index) => `...example${index}`).join(', ')} });`,
    ...Object.fromEntries(blocks.map((block, index) => [`${index}-${EXAMPLES}`, block])),
  };
  const bundle = await rolldown({
    input: ENTRY,
    cwd: sdk,
    platform: 'browser',
    transform: { jsx: { runtime: 'automatic' }, define: { 'process.env.NODE_ENV': '"development"' } },
    resolve: {
      alias: {
        '@signalbox/sdk/react': join(sdk, 'src/react/index.ts'),
        '@signalbox/sdk': join(sdk, 'src/index.ts'),
      },
    },
    plugins: [
      {
        name: 'modules of the test',
        // Inside the package, so that its dependencies are found.
        resolveId: (id) => (id in modules ? join(sdk, id) : null),
        load: (id) => modules[id.slice(sdk.length + 1)] ?? null,
      },
    ],
  });
  const { output } = await bundle.generate();
  return output[0].code;
}

/** A page of the origin, with the script. @returns also what it sends to the server: names of operations, and ends of subscriptions */
export async function openPage(browser: Browser, origin: string, script: string) {
  const page: Page = await browser.newPage({ bypassCSP: true });
  const problems: string[] = [];
  const sent: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('request', (request) => {
    const name = /^(?:query|mutation) (\w+)/.exec((request.postDataJSON() as { query?: string } | null)?.query ?? '');
    if (name?.[1]) sent.push(name[1]);
  });
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      const { type, payload: operation } = JSON.parse(String(payload));
      if (type === 'subscribe') sent.push(/^subscription (\w+)/.exec(operation.query)?.[1] ?? '');
      if (type === 'complete') sent.push('complete');
    }),
  );
  // Of the origin without what the server has there, which is GraphiQL and takes a second of processor time.
  const answer = {
    contentType: 'text/html; charset=utf-8',
    body: '<!doctype html><link rel="icon" href="data:,"><body></body>',
  };
  await page.route(`${origin}/page`, (route) => route.fulfill(answer));
  await page.goto(`${origin}/page`);
  await page.unroute(`${origin}/page`);
  await page.addScriptTag({ type: 'module', content: script });
  await page.waitForFunction('window.show');
  return { page, problems, sent };
}
