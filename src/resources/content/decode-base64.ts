import { Fault } from '../../core/errors.ts';

/**
 * Base64 by RFC 4648 section 4, as strict as section 3 requires: the standard alphabet, padded, no other characters, no
 * unused bits. So equal bytes have one encoding.
 * @throws Fault BAD_INPUT, or RESOURCE_TOO_LARGE before anything is decoded
 */
export function decodeBase64(text: string, maxBytes: number): Uint8Array {
  if ((text.length / 4) * 3 > maxBytes + 2) {
    throw new Fault('RESOURCE_TOO_LARGE', `The base64 text encodes more than ${maxBytes} bytes. Send less.`, {
      details: { maxBytes },
    });
  }
  const end = text.slice(-4);
  const bytes = Buffer.from(text, 'base64');
  const fits = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
  if (!fits || Buffer.from(end, 'base64').toString('base64') !== end) {
    throw new Fault(
      'BAD_INPUT',
      'This is not base64 (RFC 4648). Use A-Z a-z 0-9 + /, padded with = to a multiple of 4.',
    );
  }
  return bytes;
}
