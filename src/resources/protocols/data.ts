import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import { parseMediaType } from '../../lib/media-type.ts';
import { decodeBase64 } from '../content/decode-base64.ts';
import { defineProtocol } from './define-protocol.ts';

const MAX_BYTES = 1024 * 1024;

/** Enough for `MAX_BYTES` percent-encoded bytes and a media type. */
const MAX_LENGTH = MAX_BYTES * 3 + 1024;

/** RFC 2397: the default media type. */
const DEFAULT_TYPE = 'text/plain;charset=US-ASCII';

interface Payload {
  readonly mediaType: string;
  readonly isBase64: boolean;
  readonly text: string;
}

/**
 * The data after the comma, stored separately from the canonical URI: policy, events and logs see `data:text/csv`, never
 * the data.
 */
const payloads = new WeakMap<CanonicalUri, Payload>();

/**
 * RFC 2397, strict: the media type must parse, escapes and base64 must be complete, and a raw `#`, which would truncate the
 * data, is rejected. Without a comma the URI names a kind of inline data for the policy to decide on, and cannot be read.
 */
export const data = defineProtocol({
  scheme: 'data',
  description: 'Bytes in the URI itself (RFC 2397), percent-encoded or base64; policy matches their media type.',
  limits: () => ({ maxBytes: MAX_BYTES }),

  canonicalize(url) {
    const text = url.href.slice('data:'.length);
    if (text.length > MAX_LENGTH) throw tooLarge();
    if (text.includes('#')) throw new Fault('BAD_INPUT', 'A raw # would end the data. Write %23 for it.');
    const comma = text.indexOf(',');
    const [, type = '', flag] = /^(.*?)(;base64)?$/i.exec(comma === -1 ? text : text.slice(0, comma)) ?? [];
    const mediaType = parseMediaType(type === '' ? DEFAULT_TYPE : type.startsWith(';') ? `text/plain${type}` : type);
    if (!mediaType)
      throw new Fault(
        'BAD_INPUT',
        'The text before the comma is not a media type. Write, for example, data:text/csv,a',
      );
    const path = mediaType.essence;
    const uri: CanonicalUri = { href: `data:${path}`, scheme: 'data', host: '', port: '', path, query: '' };
    if (comma !== -1) {
      const isBase64 = flag !== undefined;
      payloads.set(uri, { mediaType: mediaType.toString(), isBase64, text: text.slice(comma + 1) });
    }
    return uri;
  },

  async open(uri) {
    const payload = payloads.get(uri);
    if (!payload)
      throw new Fault(
        'BAD_INPUT',
        'This data: URI has no comma, and therefore no data. Write, for example, data:text/csv,a',
      );
    const bytes = percentDecode(payload.text);
    const content = payload.isBase64 ? decodeBase64(Buffer.from(bytes).toString('latin1'), MAX_BYTES) : bytes;
    if (content.length > MAX_BYTES) throw tooLarge();
    return { uri: uri.href, mediaType: payload.mediaType, content };
  },
});

/** @param text ASCII, as WHATWG URL leaves it. @throws Fault BAD_INPUT for a `%` that does not begin an escape. */
function percentDecode(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'latin1');
  if (!text.includes('%')) return bytes;
  let end = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] !== PERCENT) {
      bytes[end++] = bytes[at] as number;
      continue;
    }
    const byte = (hexValue(bytes[at + 1]) << 4) | hexValue(bytes[at + 2]);
    if (byte < 0) {
      throw new Fault('BAD_INPUT', 'A % in the data is not followed by two hex digits. Write %25 for a percent sign.');
    }
    bytes[end++] = byte;
    at += 2;
  }
  return bytes.subarray(0, end);
}

const PERCENT = 0x25;

/** The value of the hex digit; -1 for any other character. */
function hexValue(code = 0): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function tooLarge(): Fault {
  return new Fault(
    'RESOURCE_TOO_LARGE',
    'Inline data may have at most 1 MiB. Upload it as an artifact, and pass the URI of the artifact.',
    {
      details: { maxBytes: MAX_BYTES },
    },
  );
}
