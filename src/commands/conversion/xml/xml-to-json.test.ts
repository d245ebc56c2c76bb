import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_DEPTH } from '../../../core/parse-json.ts';
import type { Json } from '../../../lib/json.ts';
import { parseExactJson } from '../json/exact-json.ts';
import { jsonToXml } from './json-to-xml.ts';
import { parseXml } from './parse-xml.ts';
import { xmlToJson } from './xml-to-json.ts';

function toJsonText(xml: string): string {
  const pieces: string[] = [];
  xmlToJson(parseXml(xml), (piece) => pieces.push(piece));
  return pieces.join('');
}

const toJson = (xml: string): Json => JSON.parse(toJsonText(xml)) as Json;

/** Through bytes, which have no place for half a character. */
function toXml(json: string): string {
  const pieces: string[] = [];
  jsonToXml(parseExactJson(json), 'root', (piece) => pieces.push(piece));
  return Buffer.from(pieces.join('')).toString();
}

const awkwardKey = fc.constantFrom(
  ...['', ' ', '@', '@id', '@xmlns', '@j:type', '#text', 'item', 'member', 'xml', 'xmlns:j', 'a:b', '1', '-a'],
  ...[
    '__proto__',
    'constructor',
    'toString',
    '@__proto__',
    'j:type',
    'żółć',
    'a\u0000',
    '\ud800',
    '😀',
    '\ufeff',
    'a\u1680b',
  ],
);
const awkwardText = fc.string({
  unit: fc.constantFrom(
    '\r',
    '\n',
    '\t',
    ' ',
    '&',
    '<',
    '>',
    '"',
    "'",
    ']]>',
    '\\',
    '\u0000',
    '\ud800',
    '\uffff',
    '\ufeff',
    '\u0085',
  ),
});
const text = fc.oneof(awkwardText, fc.string(), fc.string({ unit: 'binary' }));
/** JSON text has no −0. */
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const { value: anyJson } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    ...[text, fc.integer(), number, fc.boolean(), fc.constant(null)],
    fc.array(tie('value')),
    fc.array(fc.tuple(fc.oneof(awkwardKey, text), tie('value'))).map((members) => Object.fromEntries(members)),
  ),
}));

describe('XML as JSON', () => {
  it('is the original value for XML that convertToXml wrote', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(toJson(toXml(JSON.stringify(value)))).toEqual(value);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    '{"big":2e999,"small":1}',
    '[998877665544332211,36893488147419103233,7.50,-0,1E-7]',
    '{"city":"Oslo","2031":5,"2029":{"10":"","9":""}}',
    '{"__proto__":1,"\\u0000":"\\u0000","7":"7"}',
  ])('is the original text, with its digits and the order of its keys: %s', (text) => {
    expect(toJsonText(toXml(text))).toBe(text);
  });

  it('keeps the order of elements and attributes, and names that mean something in JavaScript', () => {
    const xml = '<__proto__ z="1" __proto__="2"><b/><constructor/><b>x</b></__proto__>';
    expect(toJsonText(xml)).toBe('{"__proto__":{"@z":"1","@__proto__":"2","b":["","x"],"constructor":""}}');
  });

  it('takes only white space of XML for none, so that a no-break space is text', () => {
    expect(toJson('<p>\u00a0<b>x</b></p>')).toEqual({ p: { b: 'x', '#text': '\u00a0' } });
    expect(toJson('<p> \t<b>x</b>\r\n\u2003\u0085 </p>')).toEqual({ p: { b: 'x', '#text': '\u2003\u0085' } });
    expect(() => toJson('<root xmlns:j="urn:signalbox:json" j:type="array">\u00a0</root>')).toThrow(/only elements/);
  });

  it('is the original value even for the deepest JSON allowed', () => {
    let value: Json = 'deep';
    for (let i = 0; i < MAX_DEPTH; i += 1) value = i % 2 ? [value] : { a: value };
    expect(toJson(toXml(JSON.stringify(value)))).toEqual(value);
  });

  it('keeps attributes, text, lists and namespaces of any other XML', () => {
    const xml = `<?xml version="1.0"?>
      <catalog xmlns:dc="http://purl.org/dc/elements/1.1/">
        <book id="bk1" type="number"><dc:title>XML &amp; you</dc:title><price currency="EUR">44.95</price></book>
        <book id="bk2"/>
        <empty></empty>
        mixed <b>content</b>
      </catalog>`;
    expect(toJson(xml)).toEqual({
      catalog: {
        '@xmlns:dc': 'http://purl.org/dc/elements/1.1/',
        book: [
          { '@id': 'bk1', '@type': 'number', 'dc:title': 'XML & you', price: { '@currency': 'EUR', '#text': '44.95' } },
          { '@id': 'bk2' },
        ],
        empty: '',
        b: 'content',
        '#text': 'mixed',
      },
    });
  });

  it.each([
    ['<root xmlns:j="urn:signalbox:json" j:type="number">tea</root>', /<root> holds "tea", which is no JSON value/],
    ['<root xmlns:j="urn:signalbox:json" j:type="number">"1"</root>', /holds no number/],
    ['<root xmlns:j="urn:signalbox:json" j:type="null">x</root>', /is null, but not empty/],
    ['<root xmlns:j="urn:signalbox:json" j:type="date">x</root>', /no JSON type/],
    ['<root xmlns:j="urn:signalbox:json" j:type="array">x</root>', /may hold only elements/],
    ['<root xmlns:j="urn:signalbox:json"><a/></root>', /may hold only text/],
    ['<root xmlns:j="urn:signalbox:json" j:type="object"><a/><a/></root>', /has two members "a"/],
    ['<root xmlns:j="urn:signalbox:json" j:escaped="true">","</root>', /holds /],
  ])('rejects what convertToXml would not write: %s', (xml, message) => {
    expect(() => toJson(xml)).toThrow(message);
  });
});
