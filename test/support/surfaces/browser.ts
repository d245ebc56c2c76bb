import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
  `--disable-features=${[
    // They would refuse what the server is to refuse: a page that a test answers for counts as public.
    ...['LocalNetworkAccessChecks', 'BlockInsecurePrivateNetworkRequests'],
    // Two pages of the browser itself in every window, which take longer to load than ours.
    ...['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'],
  ]}`,
];

/** Whether tests in a browser are skipped: it is not installed, and nobody requires it. */
export const isWithoutBrowser = !existsSync(CHROMIUM) && process.env.REQUIRE_SERVICES !== '1';

/** Starts Chromium, without what costs time and no test looks at. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** What the dashboard's pages say (shared design): they may show frames of this server alone. */
const PAGE_POLICY = [
  "default-src 'none'",
  ...["script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:", "connect-src 'self'", "frame-src 'self'"],
  ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
].join('; ');

/**
 * A page of an origin, which no server has to have: the test answers for it.
 * @param body HTML
 * @param policy default: that of a page of the server that shows frames
 */
export async function openPage(page: Page, origin: string, { body = '', policy = PAGE_POLICY } = {}): Promise<void> {
  await page.route(`${origin}/page-of-a-test`, (route) =>
    route.fulfill({
      headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy },
      body: `<!doctype html><html lang="en"><title>a test</title><body>${body}</body></html>`,
    }),
  );
  await page.goto(`${origin}/page-of-a-test`);
}
