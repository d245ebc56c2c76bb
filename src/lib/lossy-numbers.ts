import { closingQuote } from './json.ts';

/** Finds every text with a number that loses digits, and some without. It is a fraction of the time of a parse. */
const MAY_LOSE_DIGITS = /\d[\d.]{15}|\d[eE][-+\d]/;
/** The beginning of a string, or a number of valid JSON. A pattern of a whole string would overflow the stack. */
const TOKEN = /"|-?\d[\d.eE+-]*/g;

/**
 * Whether a number of JavaScript is another one than this text: 2^53 + 1, `1e400`, `1e-400`. Below 2^53 the fraction may be
 * rounded, as all programs with binary64 round it (RFC 8259 section 6).
 */
export function losesDigits(text: string): boolean {
  const number = Number(text);
  if (!Number.isFinite(number)) return true;
  if (Math.abs(number) > Number.MAX_SAFE_INTEGER) return digitsOf(text) !== digitsOf(String(number));
  return number === 0 && /[1-9]/.test(text.replace(/[eE].*/, ''));
}

/** The digits that count, without sign, point, exponent and zeros at both ends. A pattern of these zeros can take quadratic time. */
function digitsOf(text: string): string {
  const digits = text.replace(/[eE].*/, '').replace(/\D/g, '');
  let [from, to] = [0, digits.length];
  while (digits[from] === '0') from += 1;
  while (to > from && digits[to - 1] === '0') to -= 1;
  return digits.slice(from, to);
}

/** The first number of a JSON text that `losesDigits`. */
export function lossyNumberIn(text: string): string | undefined {
  if (!MAY_LOSE_DIGITS.test(text)) return undefined;
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(text); found; found = TOKEN.exec(text)) {
    const [token] = found;
    if (token === '"') TOKEN.lastIndex = closingQuote(text, TOKEN.lastIndex) + 1;
    else if (losesDigits(token)) return token;
  }
  return undefined;
}

export function lossyNumberMessage(number: string): string {
  return `The number ${number.slice(0, 50)} cannot be kept exactly. Write it as text, in quotes, or pass the JSON as a resource.`;
}
