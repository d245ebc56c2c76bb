export const DAY_MS = 86_400_000;
/** Bytes of a document in UTF-8. */
export const MAX_DOCUMENT_BYTES = 2 ** 20;
/** Depth of lists and objects. */
export const MAX_NESTING = 32;
/** Values in a document; aliases count each time they are used. */
export const MAX_DOCUMENT_VALUES = 200_000;
export const MAX_STEPS = 1_000;
/** Steps with `repair`; each is compared with all that comes before it. */
export const MAX_REPAIRS = 100;
/** Expressions of a document; a long one counts as several. */
export const MAX_EXPRESSIONS = 5_000;
/** Items of one `for_each` that run at once. */
export const MAX_ITEMS_AT_ONCE = 1_000;
/** Items of one batch of a `for_each`. */
export const MAX_BATCH_ITEMS = 10_000;
export const MAX_SLEEP_MS = 366 * DAY_MS;
/** Problems reported for one document. */
export const MAX_PROBLEMS = 200;
/** Of the key of a limit, once it is evaluated. */
export const MAX_FLOW_KEY_CHARACTERS = 256;
