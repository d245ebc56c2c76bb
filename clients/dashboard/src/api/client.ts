import { createClient } from '../../../sdk/src/index.ts';
import { BASE_PATH } from './page.ts';

/** The server of this page. The cookie of the session, which no script can read, says who asks. */
export const client = createClient({ url: `${BASE_PATH}/` });
