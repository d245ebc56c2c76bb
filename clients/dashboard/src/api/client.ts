import { type Client, createClient } from '../../../sdk/src/index.ts';
import { BASE_PATH } from './page.ts';
import { session } from './session.ts';

const server = createClient({ url: `${BASE_PATH}/` });

type PageClient = Pick<Client, 'request' | 'subscribe' | 'upload'> & {
  readonly runs: Pick<Client['runs'], 'cancel' | 'retry'>;
};

/** The server of this page. The cookie of the session, which no script can read, says who asks. Whatever is sent continues after its end. */
export const client: PageClient = {
  request: (document, ...rest) => session.during(() => server.request(document, ...rest), rest[1]?.signal),
  upload: (content, options) => session.during(() => server.upload(content, options), options.signal),
  runs: {
    cancel: (id, options) => session.during(() => server.runs.cancel(id, options), options?.signal),
    retry: (id, ...rest) => session.during(() => server.runs.retry(id, ...rest), rest[1]?.signal),
  },
  /** After the end of a session it throws UNAVAILABLE when there is another, so that what follows the server continues where it was. */
  async *subscribe(document, ...rest) {
    try {
      return yield* server.subscribe(document, ...rest);
    } catch (error) {
      throw await session.afterEnd(error, rest[1]?.signal);
    }
  },
};
