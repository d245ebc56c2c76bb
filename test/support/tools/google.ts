import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createSecret } from '../../../src/config/secrets.ts';
import type { GoogleEndpoints } from '../../../src/tools/drive/google-endpoints.ts';
import { createFakeGoogleFiles, type FilesAnswer, googleError } from './google-files.ts';
import { createFakeGoogleOauth } from './google-oauth.ts';

const CLIENT = { id: 'client.apps.googleusercontent.com', secret: 'GOCSPX-for-tests' };

/** What happens to a request instead of a response, before or `after` it was executed. */
export type InjectedFailure =
  | { readonly status: number; readonly reason?: string; readonly retryAfter?: string; readonly after?: true }
  /** The connection breaks; half of the uploaded bytes have arrived. */
  | 'break';

/** A fake of Google's OAuth and Drive v3 over a real socket, for one account. */
export async function startFakeGoogle() {
  let origin = '';
  const oauth = createFakeGoogleOauth(CLIENT);
  const files = createFakeGoogleFiles(() => `${origin}/upload/drive/v3`);
  const troubles: { readonly path: RegExp; readonly trouble: InjectedFailure }[] = [];
  const seen: string[] = [];

  const troubleOf = (request: string) => {
    const at = troubles.findIndex(({ path }) => path.test(request));
    return at === -1 ? undefined : troubles.splice(at, 1)[0]?.trouble;
  };
  const perform = (req: IncomingMessage, url: URL, body: Buffer): FilesAnswer => {
    const form = new URLSearchParams(body.toString());
    const played =
      url.pathname === '/auth'
        ? oauth.authorize(url.searchParams)
        : url.pathname === '/token'
          ? oauth.token(form)
          : url.pathname === '/revoke'
            ? oauth.revoke(form)
            : undefined;
    if (played) {
      return 'location' in played
        ? { status: 302, headers: { location: played.location } }
        : { status: played.status, body: played.json };
    }
    const token = /^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1] ?? '';
    if (!oauth.isGood(token)) return googleError(401, 'authError');
    return files.answer({ method: req.method ?? '', url, headers: req.headers, body });
  };
  const serve = async (req: IncomingMessage, res: ServerResponse) => {
    const url = new URL(req.url ?? '', origin);
    const body = await buffer(req);
    const line = `${req.method} ${url.pathname}${url.search}`;
    seen.push(line);
    const trouble = troubleOf(line);
    if (trouble === 'break') {
      files.keepHalf(url, body);
      req.socket.destroy();
      return;
    }
    const done = trouble === undefined || trouble.after ? perform(req, url, body) : undefined;
    send(res, trouble ? { ...googleError(trouble.status, trouble.reason ?? 'backendError'), ...retry(trouble) } : done);
  };
  const server = createServer((req, res) => void serve(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  origin = `http://${host}`;

  const endpoints: GoogleEndpoints = {
    authorize: `${origin}/auth`,
    token: `${origin}/token`,
    revoke: `${origin}/revoke`,
    drive: `${origin}/drive/v3`,
    upload: `${origin}/upload/drive/v3`,
  };
  return {
    ...{ host, endpoints, oauth, files, seen },
    google: { clientId: CLIENT.id, clientSecret: createSecret(Buffer.from(CLIENT.secret)) },
    /** The next request with this method and path has this outcome. */
    trouble: (path: RegExp, trouble: InjectedFailure) => void troubles.push({ path, trouble }),
    /** Clears all failures and all grants. */
    calm() {
      troubles.length = 0;
      oauth.grants.clear();
      Object.assign(oauth.settings, { expiresInS: 3_600, withheld: '' });
    },
    /** Follows the URL like a browser whose user agrees. @returns the final URL */
    async agree(url: string): Promise<URL> {
      const answer = await fetch(url, { redirect: 'manual' });
      return new URL(answer.headers.get('location') ?? `${origin}/refused?${await answer.text()}`);
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function retry({ retryAfter }: Exclude<InjectedFailure, 'break'>) {
  return retryAfter === undefined ? {} : { headers: { 'retry-after': retryAfter } };
}

function send(res: ServerResponse, answer: FilesAnswer | undefined): void {
  const { status, headers, body } = answer ?? googleError(404, 'notFound');
  const type = body === undefined || Buffer.isBuffer(body) ? {} : { 'content-type': 'application/json; charset=UTF-8' };
  res.writeHead(status, { ...type, ...headers });
  res.end(Buffer.isBuffer(body) ? body : body && JSON.stringify(body));
}
