import { writeFile } from 'node:fs/promises';
import type { Page, Route } from 'playwright-core';
import { startCuttingProxy } from '../../../test/support/cutting-proxy.ts';
import { closedPort } from '../../sdk/test/test-clients.ts';
import type { Dashboard } from '../test/support/open-dashboard.ts';
import type { Picture } from './pictures.ts';

export const THEMES = ['light', 'dark'] as const;
/** Of a page on which nothing loads any more. */
const SETTLE_MS = 300;
const WEBP_QUALITY = 80;
const LOADING = '[role=status]:has(> div[aria-hidden=true])';
/** What surrounds a view asks these. */
const ALWAYS_ANSWERED = /query (Viewer|May|MayOn|OpenApprovals)\b/;
const FAULT = {
  message: 'The server failed. Its log has the cause, as request 01a22be876577431.',
  extensions: { code: 'INTERNAL' },
};

export interface Shot {
  readonly theme: (typeof THEMES)[number];
  /** Path of a `.png`, or of a `.webp`, which is smaller and not exact. */
  readonly file: string;
}

interface Options {
  readonly width: number;
  readonly shots: readonly Shot[];
}

/** Opens a view, and writes pictures of it. */
export async function takePicture(dashboard: Dashboard, picture: Picture, { width, shots }: Options): Promise<void> {
  const { path, as = 'admin', act, goesWrong } = picture;
  const proxy = await startCuttingProxy(Number(new URL(dashboard.server.url).port));
  const page = await dashboard.open('/frame.html', { ...(as && { as }), width, through: proxy.url });
  try {
    if (goesWrong === 'answers') await page.route('**/graphql', failAnswer);
    await page.goto(`${proxy.url}${path}`);
    await loaded(page);
    await act?.(page);
    if (goesWrong === 'answers') await page.getByRole('alert').first().waitFor();
    if (goesWrong === 'session') {
      await page.context().request.delete(`${proxy.url}/session`, { headers: { origin: proxy.url } });
      await page.getByRole('dialog', { name: 'Sign in again' }).waitFor();
    }
    if (goesWrong === 'connection') {
      proxy.redirect(await closedPort());
      proxy.cut();
      await page.getByText('Not connected').waitFor();
    } else await loaded(page);
    for (const { theme, file } of shots) {
      // Without motion, in the colors of the theme at once.
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.waitForTimeout(SETTLE_MS);
      if (file.endsWith('.webp')) await writeWebp(page, file);
      else await page.screenshot({ path: file });
    }
  } finally {
    await page.context().close();
    await proxy.stop();
  }
}

/** Resolves when the page shows something, and nothing that stands for what is not there yet. */
async function loaded(page: Page): Promise<void> {
  await page.getByRole('heading').first().waitFor();
  await page.waitForFunction((loading) => document.querySelector(loading) === null, LOADING);
  await page.waitForTimeout(SETTLE_MS);
  await page.waitForFunction((loading) => document.querySelector(loading) === null, LOADING);
}

/** Playwright offers PNG and JPEG alone. */
async function writeWebp(page: Page, file: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: WEBP_QUALITY });
  await writeFile(file, data, 'base64');
}

async function failAnswer(route: Route): Promise<void> {
  if (ALWAYS_ANSWERED.test(route.request().postData() ?? '')) return route.continue();
  await route.fulfill({ contentType: 'application/json', body: JSON.stringify({ data: null, errors: [FAULT] }) });
}
