import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The HTTP client. It is large, so it is loaded with the first connection to another machine. */
export function undici(): typeof import('undici') {
  return require('undici') as typeof import('undici');
}
