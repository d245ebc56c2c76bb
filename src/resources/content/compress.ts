import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** A content coding of responses (RFC 9110, section 8.4.1). */
export type ResponseCoding = 'br' | 'gzip';

/** Shorter bodies are sent as they are. */
export const MIN_COMPRESSED_BYTES = 1024;

const CODINGS: readonly ResponseCoding[] = ['br', 'gzip'];
const brotli = promisify(brotliCompress);
const deflate = promisify(gzip);

/** The coding that the client prefers by its weights (RFC 9110, section 12.5.3); undefined when it accepts neither. */
export function negotiateCoding(acceptEncoding: string | undefined): ResponseCoding | undefined {
  const weights = new Map<string, number>();
  for (const part of acceptEncoding?.toLowerCase().split(',') ?? []) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    weights.set(name, weight === undefined ? 1 : Number(weight) || 0);
  }
  const weightOf = (coding: string) => weights.get(coding) ?? weights.get('*') ?? 0;
  return CODINGS.filter((coding) => weightOf(coding) > 0).toSorted((a, b) => weightOf(b) - weightOf(a))[0];
}

/** Brotli at a quality that takes about as long as gzip. Both run outside of the main thread. */
export function compress(body: string | Uint8Array, coding: ResponseCoding): Promise<Buffer> {
  if (coding === 'gzip') return deflate(body);
  return brotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } });
}
