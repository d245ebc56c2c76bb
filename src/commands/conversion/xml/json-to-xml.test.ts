import { describe, expect, it } from 'vitest';
import type { Json } from '../../../lib/json.ts';
import { parseExactJson } from '../json/exact-json.ts';
import { jsonToXml } from './json-to-xml.ts';

function xml(value: Json): string {
  let text = '';
  jsonToXml(parseExactJson(JSON.stringify(value)), 'root', (piece) => {
    text += piece;
  });
  return text.replace('<?xml version="1.0" encoding="UTF-8"?>\n<root xmlns:j="urn:signalbox:json"', '<root').trimEnd();
}

describe('JSON as XML', () => {
  it.each<[string, Json, string]>([
    ['a string', 'a < b & c > d', '<root>a &lt; b &amp; c &gt; d</root>'],
    ['a number', 2.5, '<root j:type="number">2.5</root>'],
    ['a boolean', true, '<root j:type="boolean">true</root>'],
    ['null', null, '<root j:type="null"/>'],
    ['a list', ['a', 1], '<root j:type="array"><item>a</item><item j:type="number">1</item></root>'],
    ['an empty list', [], '<root j:type="array"></root>'],
    ['an object', { name: 'Tea', żółć: '' }, '<root j:type="object"><name>Tea</name><żółć></żółć></root>'],
    ['a key that is no name', { 'a b': 'x' }, '<root j:type="object"><member j:name="a b">x</member></root>'],
    ['a key with a quote', { '"<': 'x' }, '<root j:type="object"><member j:name="\\&quot;&lt;">x</member></root>'],
    ['attributes', { '@id': '7"\n', b: 'x' }, '<root j:type="object" id="7&quot;&#10;"><b>x</b></root>'],
    [
      'an attribute that is no string',
      { '@id': 7 },
      '<root j:type="object"><member j:name="@id" j:type="number">7</member></root>',
    ],
    ['a character that XML has not', '\u0000a', '<root j:escaped="true">\\u0000a</root>'],
    ['line ends', 'a\r\nb', '<root>a&#13;\nb</root>'],
  ])('writes %s', (_, value, expected) => {
    expect(xml(value)).toBe(expected);
  });
});
