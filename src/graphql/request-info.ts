import type { Caller } from './context.ts';

/** What the HTTP server knows of a request before it is looked into. */
export type RequestInfo = Omit<Caller, 'principal'>;
