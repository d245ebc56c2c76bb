import axe from 'axe-core';
import type { BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import { type Server, type ServerOptions, startServer } from '../../../../test/support/server.ts';
import { isWithoutBrowser, launchBrowser } from '../../../../test/support/surfaces/browser.ts';

/** Why the tests of the dashboard are skipped here; undefined when they run. */
export const skipped = isWithoutBrowser ? 'skipped: Chromium is missing' : undefined;

type User = 'admin' | 'alice' | 'bob';

interface Visit {
  /** Who is signed in. Default: nobody. */
  readonly as?: User;
  /** The test ends the session, which no other window of the user has then. */
  readonly ownSession?: boolean;
  readonly width?: number;
  readonly theme?: 'light' | 'dark';
  /** It shows what others wrote: the browser logs what the policy of the page blocks, and the test itself sees what is not blocked. */
  readonly hostile?: boolean;
  /** Origin of a proxy in front of the server, which the page is opened through. */
  readonly through?: string;
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads any field of the result
export type Ask<Name extends string> = (as: Name, document: string, variables?: unknown) => Promise<any>;

/** A real server, and a browser that looks at it. */
export interface Dashboard extends AsyncDisposable {
  readonly server: Server;
  /** Opens a path in a new window. What goes wrong in it, and in those opened from it, fails the test at `close`. */
  open(path: string, visit?: Visit): Promise<Page>;
  /** A GraphQL operation as this user, for what a test prepares. */
  readonly ask: Ask<User>;
  /** @throws when a page logged an error, broke its policy, or asked another host */
  close(): Promise<void>;
}

/** Starts a server and a browser. Tests of one file share them. */
export async function openDashboard(options: ServerOptions = {}): Promise<Dashboard> {
  const server = await startServer(options);
  const browser = await launchBrowser();
  const contexts: BrowserContext[] = [];
  const sessions = new Map<User, Promise<Cookies>>();
  const problems: string[] = [];
  const close = async () => {
    await Promise.all(contexts.map((context) => context.close()));
    await browser.close();
    await server.stop();
    expect(problems).toEqual([]);
  };
  return {
    server,
    async open(
      path,
      { as, ownSession = false, width = 1440, theme = 'light', hostile = false, through = server.url } = {},
    ) {
      const context = await browser.newContext({
        viewport: { width, height: width < 500 ? 844 : 900 },
        colorScheme: theme,
        reducedMotion: 'reduce',
        timezoneId: 'Europe/Berlin',
      });
      contexts.push(context);
      if (as) {
        const session = (ownSession ? undefined : sessions.get(as)) ?? signIn(context, server, as);
        if (!ownSession) sessions.set(as, session);
        await context.addCookies(await session);
      }
      if (!hostile) await report(context, through, problems);
      const page = await context.newPage();
      await page.goto(`${through}${path}`);
      return page;
    },
    ask: askOf<User>(server, (user) => user),
    close,
    [Symbol.asyncDispose]: close,
  };
}

type Cookies = Awaited<ReturnType<BrowserContext['cookies']>>;

/** By the same request as the page. It takes a fifth of a second of processor time, so windows share a session. */
async function signIn(context: BrowserContext, { url }: Server, user: User): Promise<Cookies> {
  const response = await context.request.post(`${url}/session`, {
    data: { username: user, password: user },
    headers: { origin: url },
  });
  expect(response.status()).toBe(201);
  return context.cookies();
}

/** Signs in by the dialog over a page whose session has ended. */
export async function signInAgain(page: Page, as: User): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Sign in again' });
  await dialog.getByLabel('User name').fill(as);
  await dialog.getByLabel('Password').fill(as);
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
}

const SIGN_IN =
  'mutation ($input: SignInInput!) { signIn(input: $input) { __typename ... on Session { token } ... on Refusal { message } } }';

/** Sends operations of the public API as one user or another, who are signed in once. What is refused is thrown. */
export function askOf<Name extends string>(server: Server, passwordOf: (user: Name) => string): Ask<Name> {
  const tokens = new Map<Name, Promise<string>>();
  const send = async (document: string, variables: unknown, token?: string) => {
    const { data, errors } = await server.query(document, variables, token);
    const results = Object.values<{ readonly __typename?: string } | null>(data ?? {});
    const refused = results.find((result) => result?.__typename === 'Refusal');
    if (errors || refused) throw new Error(`${document.slice(0, 100)}: ${JSON.stringify(errors ?? refused)}`);
    return data;
  };
  const signIn = async (username: Name): Promise<string> =>
    (await send(SIGN_IN, { input: { username, password: passwordOf(username) } })).signIn.token;
  return async (as, document, variables) => {
    const token = tokens.get(as) ?? signIn(as);
    tokens.set(as, token);
    return send(document, variables, await token);
  };
}

/** What no window may do, however it is used. Lost connections and refused passwords are the subject of some tests. */
async function report(context: BrowserContext, origin: string, problems: string[]): Promise<void> {
  context.on('weberror', (error) => problems.push(`${error.page()?.url()}: ${error.error().message}`));
  context.on('console', (message) => {
    const text = message.text();
    if (
      message.type() === 'error' &&
      !/ERR_(CONNECTION|EMPTY|INTERNET|SOCKET)|^WebSocket connection to|status of 401/.test(text)
    )
      problems.push(`${message.page()?.url()}: ${text} ${message.location().url}`);
  });
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sourceFile }) =>
      console.error(`${effectiveDirective} forbids ${blockedURI} in ${sourceFile}`),
    );
  });
  context.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (!['data:', 'blob:'].includes(protocol) && host !== new URL(origin).host)
      problems.push(`${request.method()} ${request.url()} asks another host`);
  });
}

const ALL_RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Violations of WCAG 2.2 A and AA on the page as it is now, as sentences. */
export async function accessibilityProblems(page: Page, rules: readonly string[] = ALL_RULES): Promise<string[]> {
  // Not by a script element, which the policy of the page forbids.
  if (!(await page.evaluate('Boolean(window.axe)'))) await page.evaluate(axe.source);
  return page.evaluate(`axe
    .run(document, { runOnly: ${JSON.stringify(rules)}, resultTypes: ['violations'] })
    .then(({ violations }) => violations.map(({ id, help, nodes }) => id + ': ' + help + ' ' + nodes.map(({ target }) => target).join(' ')))`);
}

/** In both themes, on a screen and on a phone. Only colors depend on the theme, and only the rest on the width. */
export async function problemsInEveryLook(page: Page): Promise<string[]> {
  const problems: string[] = [];
  const { width: former, height } = page.viewportSize() ?? { width: 1440, height: 900 };
  for (const [theme, width, rules] of LOOKS) {
    await page.emulateMedia({ colorScheme: theme });
    await page.setViewportSize({ width, height });
    const found = await accessibilityProblems(page, rules);
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
    if (wide > width) found.push(`It is ${wide} pixels wide.`);
    problems.push(...found.map((problem) => `${theme}, ${width} pixels: ${problem}`));
  }
  await page.setViewportSize({ width: TABLET_WIDTH, height });
  const wide = await page.evaluate<string[]>(WIDE_TABLES);
  problems.push(...wide.map((label) => `${TABLET_WIDTH} pixels: ${label} scrolls sideways.`));
  await page.setViewportSize({ width: former, height });
  return problems;
}

const TABLET_WIDTH = 768;
/** Labels of the tables of things of the server that do not fit. Those of data may be as wide as they are. */
const WIDE_TABLES = `[...document.querySelectorAll('section:has(> table th[scope=col])')]
  .filter(({ clientWidth, scrollWidth }) => scrollWidth > clientWidth)
  .map(({ ariaLabel }) => ariaLabel)`;

const LOOKS = [
  ['light', 1440, ALL_RULES],
  ['dark', 1440, ['color-contrast']],
  ['light', 390, ['color-contrast']],
  ['dark', 390, ALL_RULES],
] as const;
