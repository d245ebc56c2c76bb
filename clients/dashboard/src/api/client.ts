import { type Client, createClient, SignalboxError } from '../../../sdk/src/index.ts';
import { BASE_PATH } from './page.ts';
import { session } from './session.ts';

const server = createClient({ url: `${BASE_PATH}/` });

/**
 * The server of this page. The cookie of the session, which no script can read, says who asks. When a request or an upload finds that it has ended,
 * the page asks to sign in again.
 */
export const client: Pick<Client, 'request' | 'subscribe' | 'upload' | 'runs'> = {
  async request(document, ...rest) {
    return await server.request(document, ...rest).catch(noticed);
  },
  subscribe: (document, ...rest) => server.subscribe(document, ...rest),
  runs: server.runs,
  upload: (content, options) => server.upload(content, options).catch(noticed),
};

function noticed(error: unknown): never {
  if (error instanceof SignalboxError && error.code === 'UNAUTHENTICATED') session.expired();
  throw error;
}
