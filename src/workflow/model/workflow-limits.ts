export const DAY_MS = 86_400_000;
/** Bytes of a document in UTF-8. */
export const MAX_DOCUMENT_BYTES = 2 ** 20;
/** Lists and objects within each other. */
export const MAX_NESTING = 32;
/** Values in a document, aliases counted as often as they are used. */
export const MAX_DOCUMENT_VALUES = 200_000;
export const MAX_STEPS = 1_000;
/** Steps with `repair`; each is compared with all that comes before it. */
export const MAX_REPAIRS = 100;
/** Expressions of a document; a long one counts as several. */
export const MAX_EXPRESSIONS = 5_000;
/** Items of one `for_each` under way at once. */
export const MAX_ITEMS_AT_ONCE = 1_000;
export const MAX_SLEEP_MS = 366 * DAY_MS;
/** Problems that are told of one document; who has more corrects these first. */
export const MAX_PROBLEMS = 200;
