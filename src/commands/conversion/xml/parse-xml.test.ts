import { describe, expect, it } from 'vitest';
import { Fault } from '../../../core/errors.ts';
import { MAX_DEPTH } from '../../../core/parse-json.ts';
import { parseXml, type XmlElement } from './parse-xml.ts';

/** As plain data. */
const shape = (node: XmlElement | string): unknown =>
  typeof node === 'string' ? node : [node.name, { ...node.attributes }, ...node.children.map(shape)];

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
    expect(element.attributes.x).toBe('<\n"');
    expect(element.children).toEqual(["&>😀'<&lt;"]);
  });

  it('keeps blanks', () => {
    expect(parseXml('<a> \t b </a>').children).toEqual([' \t b ']);
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
    ['a DOCTYPE of HTML', '<!doctype html><html/>'],
    ['a DOCTYPE inside the root', '<a><!DOCTYPE a [<!ENTITY x "y">]>&x;</a>'],
  ])('refuses %s', (_, text) => {
    expect(refusal(text)).toMatch(/DOCTYPE is refused/);
  });

  it('takes the word DOCTYPE in a comment and in CDATA', () => {
    expect(refusal('<!-- <!DOCTYPE a> --><a><![CDATA[<!DOCTYPE a>]]></a>')).toBe('not refused');
  });

  it.each<[string, string, unknown]>([
    ['instructions with apostrophes', "<a><?who it's?><b>Ann's</b><?end here?></a>", ['a', {}, ['b', {}, "Ann's"]]],
    ['one quote in an instruction', '<a><?size 12" plate?>x</a>', ['a', {}, 'x']],
    ['tags, comments and CDATA in an instruction', '<a><?x <b> <!-- <![CDATA[ <!DOCTYPE > ?>y</a>', ['a', {}, 'y']],
    ['an instruction that ends with a question mark', '<?x y??><a/><?z?>', ['a', {}]],
    ['literal white space in an attribute', '<a x="red\n\tblue\r\n"/>', ['a', { x: 'red  blue ' }]],
    ['references to white space in an attribute', '<a x="a&#10;b&#x9;&#13;"/>', ['a', { x: 'a\nb\t\r' }]],
    ['line ends of text', '<a>1\r\n2\r3\n4&#13;</a>', ['a', {}, '1\n2\n3\n4\r']],
    ['> and quotes in attributes and text', `<a x='">' y="'>">"'></a>`, ['a', { x: '">', y: "'>" }, `"'>`]],
    ['CDATA in two parts', '<a><![CDATA[x]]]]><![CDATA[>]]></a>', ['a', {}, 'x]]>']],
    ['names with every character of names', '<ż·\u{10000} é.-1=""/>', ['ż·\u{10000}', { 'é.-1': '' }]],
    [
      'characters of XML that are controls elsewhere',
      '<a>\u007f\u0085\u2028\ufeff</a>',
      ['a', {}, '\u007f\u0085\u2028\ufeff'],
    ],
    ['a byte order mark', '\ufeff<?xml version="1.0"?><a/>', ['a', {}]],
    ['a declaration in full', "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<a/>", ['a', {}]],
    ['version 1.1 as 1.0', '<?xml version="1.1"?><a>\u0085</a>', ['a', {}, '\u0085']],
    [
      'prefixes, declared or not',
      '<a:b xmlns:c="u" c:d="1" e:f="2"/>',
      ['a:b', { 'xmlns:c': 'u', 'c:d': '1', 'e:f': '2' }],
    ],
  ])('reads %s', (_, text, expected) => {
    expect(shape(parseXml(text))).toEqual(expected);
  });

  it.each([
    ['an entity that nothing defines', '<a>&nbsp;</a>', /undefined entity/],
    ['an entity by a name of JavaScript', '<a>&constructor;</a>', /undefined entity/],
    ['a reference to a character that XML has not', '<a>&#0;</a>', /character entity/],
    ['a reference to a control character', '<a>&#7;</a>', /character entity/],
    ['a control character', '<s>a\u0007b</s>', /line 1, column 5: disallowed character/],
    ['a control character in an attribute', '<s a="\u0000"/>', /not well-formed/],
    ['a control character in a comment', '<s><!--\u0001--></s>', /not well-formed/],
    ['a control character in CDATA', '<s><![CDATA[\u001b]]></s>', /not well-formed/],
    ['a control character in an instruction', '<s><?x \u0002?></s>', /not well-formed/],
    ['U+FFFE', '<s>\ufffe</s>', /not well-formed/],
    ['< in an attribute', '<s t="1<2"/>', /not well-formed/],
    ['& without a reference', '<s>a & b</s>', /not well-formed/],
    ['& without a reference in an attribute', '<s t="a&b"/>', /not well-formed/],
    [']]> in text', '<s>]]></s>', /not well-formed/],
    ['-- in a comment', '<s><!-- a -- b --></s>', /not well-formed/],
    ['an attribute without quotes', '<s a=1/>', /not well-formed/],
    ['an attribute without a value', '<s a/>', /not well-formed/],
    ['attributes without a space', '<s a="1"b="2"/>', /not well-formed/],
    ['a no-break space between attributes', '<s\u00a0a="1"/>', /not well-formed/],
    ['an XML declaration behind the start', ' <?xml version="1.0"?><s/>', /not well-formed/],
    ['a second XML declaration', '<s><?xml version="1.0"?></s>', /not well-formed/],
    ['version 2.0', '<?xml version="2.0"?><s/>', /not well-formed/],
    ['an instruction without a target', '<s><? x?></s>', /not well-formed/],
    ['tags that do not match', '<a><b></a></b>', /line 1, column/],
    ['a tag that is not closed', '<a>\n<b>\n</a>', /line 3, column/],
    ['two roots', '<a/><b/>', /not well-formed/],
    ['text after the root', '<a></a>text', /not well-formed/],
    ['text after an empty root', '<a/>text', /not well-formed/],
    ['text before the root', 'text<a/>', /not well-formed/],
    ['a reference after the root', '<a/>&#32;', /not well-formed/],
    ['a no-break space after the root', '<a/>\u00a0', /not well-formed/],
    ['CDATA after the root', '<a/><![CDATA[x]]>', /not well-formed/],
    ['text only', 'hello', /not well-formed/],
    ['nothing', '', /not well-formed/],
    ['an attribute twice', '<a x="1" x="2"/>', /duplicate attribute/],
    ['a comment that does not end', '<a/><!-- ', /not well-formed/],
  ])('refuses %s', (_, text, message) => {
    expect(refusal(text)).toMatch(message);
  });

  it('refuses elements that nest too deep, quickly', () => {
    expect(refusal('<a>'.repeat(MAX_DEPTH) + '</a>'.repeat(MAX_DEPTH))).toBe('not refused');
    expect(refusal('<a>'.repeat(50_000) + '</a>'.repeat(50_000))).toMatch(/at most 200 elements/);
  });
});
