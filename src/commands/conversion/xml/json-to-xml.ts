import { asList, asObject, type ExactJson, keysOf, memberOf, scalarOf } from '../json/exact-json.ts';
import type { Sink } from '../json/sink.ts';
import {
  ESCAPED_ATTRIBUTE,
  ITEM_ELEMENT,
  isXmlName,
  MEMBER_ELEMENT,
  NAME_ATTRIBUTE,
  NAMESPACE_DECLARATION,
  TYPE_ATTRIBUTE,
  TYPED_NAMESPACE,
} from './typed-xml.ts';

/**
 * A JSON value as an XML document. `xml-to-json.ts` makes the same value of it again, whatever it is: a key that is an
 * XML name becomes an element, any other a `<member j:name="…">`; list items are `<item>`; everything but a string
 * has a `j:type`. A key like `@id` with a string becomes an attribute.
 * @param rootElement an XML name
 */
export function jsonToXml(value: ExactJson, rootElement: string, sink: Sink): void {
  sink('<?xml version="1.0" encoding="UTF-8"?>\n');
  writeElement(rootElement, ` ${NAMESPACE_DECLARATION}="${TYPED_NAMESPACE}"`, value, sink);
  sink('\n');
}

function writeElement(tag: string, attributes: string, value: ExactJson, sink: Sink): void {
  const list = asList(value);
  if (list) {
    sink(`<${tag}${attributes} ${TYPE_ATTRIBUTE}="array">`);
    for (const item of list) writeElement(ITEM_ELEMENT, '', item, sink);
    sink(`</${tag}>`);
    return;
  }
  const object = asObject(value);
  if (object) {
    const members = keysOf(object).map((key) => [key, memberOf(object, key) as ExactJson] as const);
    writeObject(tag, attributes, members, sink);
    return;
  }
  const { type, text } = scalarOf(value);
  if (type === 'string') {
    const escaped = isUnrepresentable(text);
    const content = escapeText(escaped ? jsonEscape(text) : text);
    sink(`<${tag}${attributes}${escaped ? ` ${ESCAPED_ATTRIBUTE}="true"` : ''}>${content}</${tag}>`);
  } else if (type === 'null') {
    sink(`<${tag}${attributes} ${TYPE_ATTRIBUTE}="null"/>`);
  } else {
    sink(`<${tag}${attributes} ${TYPE_ATTRIBUTE}="${type}">${text}</${tag}>`);
  }
}

type Member = readonly [key: string, value: ExactJson];

function writeObject(tag: string, attributes: string, members: readonly Member[], sink: Sink): void {
  const own = members.map(([key, value]) => attributeOf(key, value)).join('');
  sink(`<${tag}${attributes} ${TYPE_ATTRIBUTE}="object"${own}>`);
  for (const [key, value] of members) {
    if (attributeOf(key, value) !== '') continue;
    if (isXmlName(key)) writeElement(key, '', value, sink);
    else writeElement(MEMBER_ELEMENT, ` ${NAME_ATTRIBUTE}="${escapeAttribute(jsonEscape(key))}"`, value, sink);
  }
  sink(`</${tag}>`);
}

/** ` id="7"` for the member `"@id": "7"`, or nothing. */
function attributeOf(key: string, value: ExactJson): string {
  if (!key.startsWith('@') || asList(value) || asObject(value)) return '';
  const { type, text } = scalarOf(value);
  const name = key.slice(1);
  if (type !== 'string' || isUnrepresentable(text) || !isXmlName(name)) return '';
  return ` ${name}="${escapeAttribute(text)}"`;
}

/** XML 1.0 §2.2: most control characters, U+FFFE, U+FFFF and lone surrogates are not even allowed as references. */
function isUnrepresentable(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/.test(text) || !text.isWellFormed();
}

function jsonEscape(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(/[\uFFFE\uFFFF]/g, (char) => `\\u${char.charCodeAt(0).toString(16)}`);
}

const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // Readers turn these into a line feed or a space where they stand unescaped (XML 1.0 §2.11, §3.3.3).
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
};

function escapeText(text: string): string {
  return text.replaceAll(/[&<>\r]/g, (char) => REFERENCES[char] as string);
}

function escapeAttribute(text: string): string {
  return text.replaceAll(/[&<>"\r\n\t]/g, (char) => REFERENCES[char] as string);
}
