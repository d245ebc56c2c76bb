import fc from 'fast-check';
import { XmlElement as LibxmlElement, ParseOption, XmlCData, XmlDocument, XmlText } from 'libxml2-wasm';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../core/errors.ts';
import { parseXml, type XmlElement } from './parse-xml.ts';

type Shape = readonly [name: string, attributes: Readonly<Record<string, string>>, ...children: unknown[]];

const REFUSED = 'not well-formed';

/** What our reader makes of a document. */
function read(text: string): Shape | typeof REFUSED {
  const shapeOf = ({ name, attributes, children }: XmlElement): Shape => [
    name,
    { ...attributes },
    ...children.map((child) => (typeof child === 'string' ? child : shapeOf(child))),
  ];
  try {
    return shapeOf(parseXml(text));
  } catch (error) {
    if (error instanceof Fault && error.code === 'BAD_INPUT') return REFUSED;
    throw error;
  }
}

/** What libxml2 makes of it. */
function readByLibxml(text: string): Shape | typeof REFUSED {
  let document: XmlDocument;
  try {
    document = XmlDocument.fromString(text, { option: ParseOption.XML_PARSE_NONET });
  } catch {
    return REFUSED;
  }
  try {
    return libxmlShapeOf(document.root);
  } finally {
    document.dispose();
  }
}

function libxmlShapeOf(element: LibxmlElement): Shape {
  const children: unknown[] = [];
  // The siblings of an instruction cannot be reached one by one.
  for (const node of element.find('node()')) {
    if (node instanceof LibxmlElement) children.push(libxmlShapeOf(node));
    else if (node instanceof XmlText || node instanceof XmlCData) {
      if (typeof children.at(-1) === 'string') children.push((children.pop() as string) + node.content);
      else if (node.content !== '') children.push(node.content);
    }
  }
  return [element.name, Object.fromEntries(element.attrs.map(({ name, value }) => [name, value])), ...children];
}

const character = fc.constantFrom(
  ...['a', 'B', '7', '-', '.', '_', 'ż', '·', '\u{10000}', '😀', '\u00a0', '\u0085', '\u2028', '\u007f'],
  ...[' ', '\t', '\n', '\r', '\r\n', '\u0000', '\u0007', '\u000b', '\u001f', '\ufffe', '\uffff', '\ufffd'],
  ...['<', '>', '&', '"', "'", '=', '/', '?', '!', '[', ']', ';', '#', 'x'],
);
const markup = fc.constantFrom(
  ...['<a>', '</a>', '<a/>', '<b x="1">', '</b>', '<b ', "y='2'", 'z = "', '<', '/>', '>', '</', '</a >'],
  ...['<!--', '-->', '--', '<![CDATA[', ']]>', '<?', '?>', '<?p q', '<?xml', '<?xml version="1.0"?>', '<?XML?>'],
  ...[
    '&lt;',
    '&amp;',
    '&apos;',
    '&#10;',
    '&#x9;',
    '&#xD;',
    '&#0;',
    '&#7;',
    '&#xFFFE;',
    '&#x1F600;',
    '&#X41;',
    '&nbsp;',
    '&',
  ],
  ...['<!DOCTYPE', '<!', '<1>', '<ż>', '</ż>', 'encoding="UTF-8"', 'standalone="yes"', 'version="1.1"'],
);
const soup = fc
  .array(fc.oneof(markup, character), { maxLength: 12 })
  .map((pieces) => pieces.join(''))
  .filter((text) => !text.includes('<!DOCTYPE'));

const name = fc.constantFrom('a', 'b', 'ż', '_', 'a-1', 'a.b', 'A');
const space = fc.constantFrom(' ', '\n', '\t\r\n ');
const text = fc.array(fc.oneof(character, fc.constantFrom('&lt;', '&#xD;', '&#10;', '&quot;', ']]')), { maxLength: 5 });
const attribute = fc
  .tuple(space, name, fc.constantFrom('=', ' = ', '=\n'), fc.constantFrom('"', "'"), text)
  .map(([before, key, equals, quote, value]) => `${before}${key}${equals}${quote}${value.join('')}${quote}`);
const misc = fc.oneof(
  text.map((pieces) => `<!--${pieces.join('')}-->`),
  text.map((pieces) => `<?p ${pieces.join('')}?>`),
  space,
);
/** Mostly well-formed. */
const { element } = fc.letrec<{ element: string }>((tie) => ({
  element: fc
    .tuple(
      name,
      fc.array(attribute, { maxLength: 3 }).map((list) => list.join('')),
      fc.array(
        fc.oneof(
          { depthSize: 'small' },
          text.map((pieces) => pieces.join('')),
          misc,
          text.map((pieces) => `<![CDATA[${pieces.join('')}]]>`),
          tie('element'),
        ),
        { maxLength: 4 },
      ),
    )
    .map(([tag, attributes, content]) =>
      content.length === 0 ? `<${tag}${attributes}/>` : `<${tag}${attributes}>${content.join('')}</${tag}>`,
    ),
}));
const declaration = fc.constantFrom(
  '',
  '',
  '<?xml version="1.0"?>',
  "<?xml version='1.0' encoding='utf-8' standalone='no'?>\n",
);
const document = fc
  .tuple(declaration, fc.array(misc, { maxLength: 1 }), element, fc.array(misc, { maxLength: 2 }))
  .map(([first, before, root, after]) => [first, ...before, root, ...after].join(''));
/** One piece of the root is left out, or another is put in. */
const damaged = fc
  .tuple(element, fc.nat(200), fc.nat(2), fc.oneof(fc.constant(''), markup, character))
  .map(([whole, at, length, piece]) => whole.slice(0, at) + piece + whole.slice(at + length))
  .filter((whole) => whole.isWellFormed() && !whole.includes('<!DOCTYPE'));

/** Half a character cannot be handed to another reader. Namespaces, which libxml2 resolves, are not part of the grammar. */
describe('the grammar of XML 1.0', () => {
  it.each([
    ['pieces of markup in any order', soup, 4_000],
    ['documents', document, 2_000],
    ['damaged documents', damaged, 4_000],
  ])('is that of libxml2, in verdict and content, for %s', (_, arbitrary, numRuns) => {
    const verdicts = new Set<boolean>();
    fc.assert(
      fc.property(arbitrary, (whole) => {
        const ours = read(whole);
        verdicts.add(ours === REFUSED);
        expect(ours).toEqual(readByLibxml(whole));
      }),
      { numRuns },
    );
    // Otherwise there was nothing to compare.
    expect(verdicts).toEqual(new Set([true, false]));
  });
});
