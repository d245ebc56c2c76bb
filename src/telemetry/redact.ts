const REDACTED = '[redacted]';
const SECRET_NAME =
  /^(?:proxy-?)?authorization$|cookie|password|passwd|secret|credential|token$|api[-_]?key|private[-_]?key/i;
/** Tokens inside text: a bearer header, or a JWT by its first letters (`{"` in base64url). */
const SECRET_TEXT = /\b(Bearer|Basic)\s+[\w.~+/=-]+|\beyJ[\w-]{5,}\.[\w-]*\.[\w-]*/gi;
const MAX_TEXT_LENGTH = 8_192;
const MAX_DEPTH = 6;
const MAX_ENTRIES = 100;

/**
 * A copy that is safe to log: without values whose name says that they are secret, without tokens inside text, and of
 * bounded size, for any value (also cycles and errors).
 */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (depth >= MAX_DEPTH) return '[deeper]';
  if (value instanceof Error) return redactError(value, depth);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.slice(0, MAX_ENTRIES).map((item) => redact(item, depth + 1));
  if ('toJSON' in value && typeof value.toJSON === 'function') return redact(value.toJSON(), depth + 1);
  const entries = Object.entries(value).slice(0, MAX_ENTRIES);
  return Object.fromEntries(
    entries.map(([name, item]) => [name, SECRET_NAME.test(name) ? REDACTED : redact(item, depth + 1)]),
  );
}

function redactText(text: string): string {
  const cut = text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}… (${text.length} characters)` : text;
  return cut.replace(SECRET_TEXT, REDACTED);
}

function redactError(error: Error, depth: number): Record<string, unknown> {
  const { name, message, stack, cause, ...rest } = { ...error, ...errorProperties(error) };
  return {
    name,
    message: redactText(message),
    ...(stack !== undefined && { stack: redactText(stack) }),
    ...(redact(rest, depth + 1) as object),
    ...(cause !== undefined && { cause: redact(cause, depth + 1) }),
  };
}

/** The non-enumerable properties of an error, which a spread omits. */
function errorProperties({ name, message, stack, cause }: Error) {
  return { name, message, stack, cause };
}
