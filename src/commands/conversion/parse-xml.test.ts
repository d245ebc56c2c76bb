import { describe, expect, it } from 'vitest';
import { Fault } from '../../core/errors.ts';
import { MAX_DEPTH } from '../../core/parse-json.ts';
import { attributesOf, childrenOf, nameOf, parseXml, type XmlElement } from './parse-xml.ts';

/** As plain data. */
const shape = (node: XmlElement | string): unknown =>
  typeof node === 'string'
    ? node
    : [nameOf(node), Object.fromEntries(attributesOf(node)), ...childrenOf(node).map(shape)];

function refusal(text: string): string {
  try {
    shape(parseXml(text));
    return 'not refused';
  } catch (error) {
    if (error instanceof Fault && error.code === 'BAD_INPUT') return error.message;
    throw error;
  }
}

const LAUGHS = `<?xml version="1.0"?>
<!DOCTYPE lolz [
  <!ENTITY lol "lol">
  ${Array.from({ length: 9 }, (_, i) => `<!ENTITY lol${i + 1} "${`&lol${i || ''};`.repeat(10)}">`).join('\n  ')}
]>
<lolz>&lol9;</lolz>`;

describe('parseXml', () => {
  it('gives elements, attributes and text in the order of the document', () => {
    const xml = '<?xml version="1.0"?><!-- hi --><a x="1" y=\'2\'>t<b/>u<?pi x?><c>v</c></a>\n';
    expect(shape(parseXml(xml))).toEqual(['a', { x: '1', y: '2' }, 't', ['b', {}], 'u', ['c', {}, 'v']]);
  });

  it('decodes the five entities and character references, and leaves CDATA as it is', () => {
    const element = parseXml('<a x="&lt;&#10;&quot;">&amp;&gt;&#x1F600;&apos;<![CDATA[<&lt;]]></a>');
    expect(attributesOf(element).get('x')).toBe('<\n"');
    expect(childrenOf(element).join('')).toBe("&>😀'<&lt;");
  });

  it('keeps blanks', () => {
    expect(childrenOf(parseXml('<a> \t b </a>'))).toEqual([' \t b ']);
  });

  it('takes names that mean something in JavaScript', () => {
    const xml = '<__proto__ constructor="1" toString="2"><prototype/></__proto__>';
    expect(shape(parseXml(xml))).toEqual(['__proto__', { constructor: '1', toString: '2' }, ['prototype', {}]]);
  });

  it.each([
    ['a billion laughs', LAUGHS],
    ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
    ['an external subset', '<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd"><a/>'],
    ['a parameter entity', '<!doctype a [<!ENTITY % p "x">%p;]><a/>'],
    ['a DOCTYPE behind a comment', '<!-- --><!DOCTYPE a><a/>'],
    ['a DOCTYPE inside the root', '<a><!DOCTYPE a [<!ENTITY x "y">]>&x;</a>'],
  ])('refuses %s', (_, text) => {
    expect(refusal(text)).toMatch(/DOCTYPE is refused/);
  });

  it('takes the word DOCTYPE in a comment and in CDATA', () => {
    expect(refusal('<!-- <!DOCTYPE a> --><a><![CDATA[<!DOCTYPE a>]]></a>')).toBe('not refused');
  });

  it.each([
    ['an entity that nothing defines', '<a>&nbsp;</a>', /&nbsp;/],
    ['a reference to a character that XML has not', '<a>&#0;</a>', /&#0;/],
    ['tags that do not match', '<a><b></a></b>', /line 1, column/],
    ['a tag that is not closed', '<a>\n<b>\n</a>', /not well-formed/],
    ['two roots', '<a/><b/>', /one root element/],
    ['text after the root', '<a></a>text', /not well-formed/],
    ['CDATA after the root', '<a/><![CDATA[x]]>', /one root element|not well-formed/],
    ['text only', 'hello', /not well-formed/],
    ['nothing', '', /not well-formed/],
    ['an attribute twice', '<a x="1" x="2"/>', /repeated/],
    ['a comment that does not end', '<a/><!-- ', /cannot be read|not well-formed/],
  ])('refuses %s', (_, text, message) => {
    expect(refusal(text)).toMatch(message);
  });

  it('refuses elements that nest too deep, quickly', () => {
    expect(refusal('<a>'.repeat(MAX_DEPTH) + '</a>'.repeat(MAX_DEPTH))).toBe('not refused');
    expect(refusal('<a>'.repeat(50_000) + '</a>'.repeat(50_000))).toMatch(/At most 200 elements/);
  });
});
