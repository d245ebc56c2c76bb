import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { Fault } from '../../../core/errors.ts';
import { MAX_DEPTH } from '../../../core/parse-json.ts';

export interface XmlElement {
  readonly name: string;
  /** Name → value, in the order of the document. Has no prototype. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Elements and text in the order of the document. CDATA is text; comments and instructions are omitted. */
  readonly children: readonly (XmlElement | string)[];
}

type Node = { -readonly [K in keyof XmlElement]: XmlElement[K] } & { children: (XmlElement | string)[] };

const NO_ATTRIBUTES: XmlElement['attributes'] = Object.freeze(Object.create(null));
/** What `convertToXml` makes of JSON has one more level than the JSON. */
const MAX_NESTED_ELEMENTS = MAX_DEPTH + 1;

/**
 * The root element of an XML document. docs/commands.md states the grammar. A DOCTYPE is refused, so that there is no entity
 * to expand and nothing to load.
 * @throws Fault BAD_INPUT, with line and column where it is not well-formed
 */
export function parseXml(text: string): XmlElement {
  // A document of any version 1.x is read as XML 1.0 (section 2.8).
  const parser = new SaxesParser({ xmlns: false, defaultXMLVersion: '1.0', forceXMLVersion: true });
  const open: Node[] = [];
  let root: XmlElement | undefined;
  const addText = (piece: string) => {
    const children = open.at(-1)?.children;
    if (!children || piece === '') return;
    const last = children.length - 1;
    if (typeof children[last] === 'string') children[last] += piece;
    else children.push(piece);
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('opentag', (tag) => {
    const element = { name: tag.name, attributes: attributesOf(tag), children: [] };
    if (open.length === MAX_NESTED_ELEMENTS) {
      throw new Fault('BAD_INPUT', `This XML cannot be read: at most ${MAX_DEPTH} elements may nest.`);
    }
    const parent = open.at(-1);
    if (parent) parent.children.push(element);
    else root = element;
    open.push(element);
  });
  parser.on('closetag', () => open.pop());
  parser.on('doctype', () => {
    throw doctypeFault();
  });
  try {
    parser.write(text).close();
  } catch (error) {
    throw error instanceof Fault ? error : syntaxFault(text, error as Error);
  }
  if (!root) throw new TypeError('a document without a root was accepted');
  return root;
}

function attributesOf({ attributes }: SaxesTagPlain): XmlElement['attributes'] {
  for (const _ in attributes) return attributes;
  return NO_ATTRIBUTES;
}

function syntaxFault(text: string, error: Error): Fault {
  // Also where it stands at the wrong place, or is written as in HTML.
  if (/doctype|incorrect syntax/.test(error.message) && /<!DOCTYPE/i.test(text)) return doctypeFault();
  const [, line, column, message] = /^(\d+):(\d+): (.*)$/s.exec(error.message) ?? [];
  const where = line === undefined ? error.message : `line ${line}, column ${column}: ${message}`;
  return new Fault('BAD_INPUT', `This is not well-formed XML: ${where.slice(0, 200)}`);
}

function doctypeFault(): Fault {
  const message = 'XML with a DOCTYPE is refused, because of the entities it can define. Remove the DOCTYPE.';
  return new Fault('BAD_INPUT', message);
}

/** Without white space of XML at its ends (section 2.3): space, tab, CR and LF, unlike `String.trim`. */
export function trimSpace(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x9 || code === 0xa || code === 0xd;
}
