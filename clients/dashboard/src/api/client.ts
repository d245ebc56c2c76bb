import { createClient } from '../../../sdk/src/index.ts';
import { connection } from './connection.ts';

/** Path under which the server is reached, without a slash at its end. */
export const BASE_PATH = document.querySelector<HTMLMetaElement>('meta[name="signalbox"]')?.content ?? '';

/** The server of this page. The cookie of the session, which no script can read, says who asks. */
export const client = createClient({
  url: `${BASE_PATH}/`,
  onInterrupted: (error, retryInMs) => connection.interrupted(error, retryInMs),
});
