/**
 * The spellings by which a secret may appear in what a program or model returns: itself; as in JSON, with or without
 * escapes for what is not ASCII; as in a URL or form; in hexadecimal; and as the part of a text in base64 that only the
 * secret determines, at each of its three positions; and each line of several, because a program's output becomes log lines.
 */
export function secretForms(secret: string): readonly string[] {
  const lines = secret.split(/[\r\n]+/).map((line) => line.trim());
  const others = lines.length === 1 ? [] : lines.filter((line) => line.length >= MIN_LINE_CHARACTERS);
  return [...new Set([secret, ...others].flatMap(formsOfText))];
}

/** A shorter line, such as a brace, would match unrelated text. */
const MIN_LINE_CHARACTERS = 12;

function formsOfText(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  const urls = [encodeURIComponent(secret.toWellFormed()), new URLSearchParams({ '': secret }).toString().slice(1)];
  return [
    secret,
    json,
    json.replaceAll('/', String.raw`\/`),
    asciiJson(json),
    ...urls,
    ...urls.map((url) => url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    ...[0, 1, 2].flatMap((before) => [base64Part(bytes, before, 'base64'), base64Part(bytes, before, 'base64url')]),
  ];
}

function asciiJson(json: string): string {
  return json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The characters of base64 that hold no bit of what is `before` the bytes, modulo 3, or after them. */
function base64Part(bytes: Uint8Array, before: number, encoding: 'base64' | 'base64url'): string {
  const text = Buffer.concat([Buffer.alloc(before), bytes]).toString(encoding);
  return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.byteLength) * 8) / 6));
}
