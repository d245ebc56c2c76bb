/** What the server says of itself in the page. */
const facts = document.querySelector<HTMLMetaElement>('meta[name="signalbox"]');

/** Path under which the server is reached, without a slash at its end. */
export const BASE_PATH = facts?.content ?? '';

/** With it, styles that are written at run time are allowed. */
export const STYLE_NONCE = facts?.dataset.nonce ?? '';

/** Whether the server has GraphiQL. */
export const HAS_GRAPHIQL = facts?.dataset.graphiql !== 'false';
