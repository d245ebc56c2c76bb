import { describe, expect, it } from 'vitest';
import { createDecoder, withDeclaredCharset } from './text-decoder.ts';

/** The text, decoded in pieces of one byte. */
function decoded(bytes: Uint8Array, mediaType: string): string {
  const decoder = createDecoder(mediaType, bytes);
  let text = '';
  for (const byte of bytes) text += decoder.decode(Uint8Array.of(byte));
  return text + decoder.end();
}

describe('charsets', () => {
  it('go by the byte order mark before anything else, and leave it out', () => {
    expect(decoded(Buffer.from('\ufeffżółć'), 'text/plain;charset=iso-8859-1')).toBe('żółć');
    expect(decoded(Buffer.from('\ufeffżółć', 'utf16le'), 'text/plain')).toBe('żółć');
    expect(decoded(Buffer.from('\ufeffżółć', 'utf16le').swap16(), 'text/plain')).toBe('żółć');
  });

  it('go by the media type, and are UTF-8 without one', () => {
    expect(decoded(Buffer.from([0xbf, 0xf3, 0xb3, 0xe6]), 'text/csv; charset="ISO-8859-2"')).toBe('żółć');
    expect(decoded(Buffer.from('żółć 😀'), 'text/csv')).toBe('żółć 😀');
  });

  it('go by the XML declaration where the media type is silent', () => {
    const xml = Buffer.from('<?xml version="1.0" encoding="ISO-8859-2"?><a>\u00bf</a>', 'latin1');
    expect(decoded(xml, withDeclaredCharset('application/xml', xml))).toContain('<a>ż</a>');
    expect(withDeclaredCharset('text/xml;charset=utf-8', xml)).toBe('text/xml;charset=utf-8');
    expect(withDeclaredCharset('text/csv', Buffer.from('a,b'))).toBe('text/csv');
  });

  it('are UTF-16 without a mark where the XML declaration is written in it, and never where it is not', () => {
    const xml = '<?xml version="1.0" encoding="UTF-16"?><river>Žitava</river>';
    for (const bytes of [Buffer.from(xml, 'utf16le'), Buffer.from(xml, 'utf16le').swap16(), Buffer.from(xml)])
      expect(decoded(bytes, withDeclaredCharset('text/xml', bytes))).toBe(xml);
  });

  it('are refused when nobody knows them', () => {
    expect(() => createDecoder('text/plain;charset=klingon', Buffer.from('a'))).toThrow(/klingon/);
  });

  it.each([
    ['a byte that no character has', [0x61, 0xff]],
    ['a character that is cut at the end', [0x61, 0xc5]],
  ])('refuse %s', (_, bytes) => {
    expect(() => decoded(Uint8Array.from(bytes), 'text/plain')).toThrow(/not text in utf-8/);
  });
});
