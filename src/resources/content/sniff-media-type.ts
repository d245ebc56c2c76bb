import { isUtf8 } from 'node:buffer';
import { parseLosslessJson } from '../../core/parse-json.ts';

/** Longer text is not parsed to find out. */
const MAX_JSON_BYTES = 2 * 1024 * 1024;

/** The media type of bytes of which nothing is known: JSON, other text in UTF-8, or bytes. */
export function sniffMediaType(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) return 'application/octet-stream';
  try {
    if (bytes.length > MAX_JSON_BYTES) return TEXT;
    parseLosslessJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
    return 'application/json';
  } catch {
    return TEXT;
  }
}

const TEXT = 'text/plain; charset=utf-8';
