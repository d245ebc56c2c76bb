import { type Client, createClient } from '../../../sdk/src/index.ts';
import { BASE_PATH } from './page.ts';
import { session } from './session.ts';

type PageClient = Pick<Client, 'request' | 'subscribe' | 'upload'> & {
  readonly runs: Pick<Client['runs'], 'cancel' | 'retry'>;
};

let current: { readonly session: number; readonly server: Client } | undefined;

/** The client of this session: its connection ends with it, and the server may close that of the last one late. */
function server(): Client {
  if (current?.session !== session.number())
    current = { session: session.number(), server: createClient({ url: `${BASE_PATH}/` }) };
  return current.server;
}

/** The server of this page. The cookie of the session, which no script can read, says who asks. Whatever is sent continues after its end. */
export const client: PageClient = {
  request: (document, ...rest) => session.during(() => server().request(document, ...rest), rest[1]?.signal),
  upload: (content, options) => session.during(() => server().upload(content, options), options.signal),
  runs: {
    cancel: (id, options) => session.during(() => server().runs.cancel(id, options), options?.signal),
    retry: (id, ...rest) => session.during(() => server().runs.retry(id, ...rest), rest[1]?.signal),
  },
  subscribe: (document, ...rest) => session.following(() => server().subscribe(document, ...rest), rest[1]?.signal),
};
