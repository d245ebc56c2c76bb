import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { Fault } from '../../core/errors.ts';
import { MAX_DEPTH } from '../../core/parse-json.ts';

/**
 * An element, as the parser makes it: one key, the marked name, and perhaps attributes. To be read by `nameOf`,
 * `attributesOf` and `childrenOf`; a second tree would take as much memory again.
 */
export interface XmlElement {
  readonly [key: string]: readonly XmlElement[] | string | Readonly<Record<string, string>>;
}

const TEXT = '#text';
const CDATA = '#cdata';
const ATTRIBUTES = ':@';
/** Before every name, so that none of them can be a property of Object.prototype. No XML name begins with it. */
const MARK = '.';

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: MARK,
  // Called twice for an empty element.
  transformTagName: (name) => (name.startsWith(MARK) ? name : MARK + name),
  textNodeName: TEXT,
  cdataPropName: CDATA,
  trimValues: false,
  parseTagValue: false,
  // Entities are decoded here, and only the five that XML itself has.
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  jPath: false,
  // What `convertToXml` makes of JSON has one more level than the JSON.
  maxNestedTags: MAX_DEPTH + 1,
});

/**
 * The root element of an XML document. A DOCTYPE is refused, so that there is no entity to expand and nothing to load.
 * @throws Fault BAD_INPUT, with line and column where it is not well-formed
 */
export function parseXml(text: string): XmlElement {
  refuseDoctype(text);
  const valid = XMLValidator.validate(text);
  if (valid !== true) {
    const { line, col, msg } = valid.err;
    throw new Fault('BAD_INPUT', `This is not well-formed XML: line ${line}, column ${col}: ${msg.slice(0, 200)}`);
  }
  const nodes = parse(text);
  // The validator lets a second root pass when the first is an empty element.
  const [root, ...others] = nodes.filter(isElement);
  if (!root || others.length > 0 || nodes.some(hasText)) {
    throw new Fault('BAD_INPUT', 'This is not well-formed XML: there must be exactly one root element.');
  }
  return root;
}

function hasText(node: XmlElement): boolean {
  return CDATA in node || (TEXT in node && (node[TEXT] as string).trim() !== '');
}

function parse(text: string): readonly XmlElement[] {
  try {
    return parser.parse(text) as readonly XmlElement[];
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 200) : String(error);
    throw new Fault('BAD_INPUT', `This XML cannot be read: ${why}. At most ${MAX_DEPTH} elements may nest.`);
  }
}

export function nameOf(element: XmlElement): string {
  return tagOf(element).slice(MARK.length);
}

/** Name → value, in the order of the document. @throws Fault BAD_INPUT for an entity that nothing defines */
export function attributesOf(element: XmlElement): ReadonlyMap<string, string> {
  const given = Object.entries((element[ATTRIBUTES] ?? {}) as Readonly<Record<string, string>>);
  return new Map(given.map(([name, value]) => [name.slice(MARK.length), decodeEntities(value)]));
}

/**
 * Elements and text in the order of the document; CDATA is text, comments and instructions are left out.
 * @throws Fault BAD_INPUT for an entity that nothing defines
 */
export function childrenOf(element: XmlElement): readonly (XmlElement | string)[] {
  return (element[tagOf(element)] as readonly XmlElement[]).map((node) => {
    if (TEXT in node) return decodeEntities(node[TEXT] as string);
    return CDATA in node ? cdataOf(node) : node;
  });
}

function isElement(node: XmlElement): boolean {
  return !(TEXT in node) && !(CDATA in node);
}

function tagOf(element: XmlElement): string {
  for (const key in element) if (key !== ATTRIBUTES) return key;
  throw new TypeError('an element without a name');
}

function cdataOf(node: XmlElement): string {
  return (node[CDATA] as readonly XmlElement[]).map((part) => part[TEXT] as string).join('');
}

/** Everything that begins with `<!` and is neither a comment nor CDATA: DOCTYPE and what may stand inside one. */
function refuseDoctype(text: string): void {
  for (let at = text.indexOf('<!'); at >= 0; ) {
    const end = text.startsWith('<!--', at)
      ? text.indexOf('-->', at + 4)
      : text.startsWith('<![CDATA[', at)
        ? text.indexOf(']]>', at + 9)
        : undefined;
    if (end === undefined) {
      const message = 'XML with a DOCTYPE is refused, because of the entities it can define. Remove the DOCTYPE.';
      throw new Fault('BAD_INPUT', message);
    }
    at = end < 0 ? -1 : text.indexOf('<!', end);
  }
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(
    /&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([A-Za-z]{1,30}));|&/g,
    (found, hex, decimal, name) => {
      const code = hex === undefined ? Number.parseInt(decimal ?? '', 10) : Number.parseInt(hex, 16);
      const value = name === undefined ? characterOf(code) : ENTITIES.get(name);
      if (value === undefined) throw new Fault('BAD_INPUT', `The XML refers to ${found}, which nothing defines.`);
      return value;
    },
  );
}

/** Character references may only name what XML allows (XML 1.0 §2.2). */
function characterOf(code: number): string | undefined {
  const allowed =
    code === 0x9 ||
    code === 0xa ||
    code === 0xd ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0x10ffff);
  return allowed ? String.fromCodePoint(code) : undefined;
}
