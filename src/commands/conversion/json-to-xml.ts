import type { Json } from '../../lib/json.ts';
import type { Sink } from './sink.ts';
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
export function jsonToXml(value: Json, rootElement: string, sink: Sink): void {
  sink('<?xml version="1.0" encoding="UTF-8"?>\n');
  writeElement(rootElement, ` ${NAMESPACE_DECLARATION}="${TYPED_NAMESPACE}"`, value, sink);
  sink('\n');
}

function writeElement(tag: string, attributes: string, value: Json, sink: Sink): void {
  if (typeof value === 'string') {
    const escaped = isUnrepresentable(value);
    const text = escapeText(escaped ? jsonEscape(value) : value);
    sink(`<${tag}${attributes}${escaped ? ` ${ESCAPED_ATTRIBUTE}="true"` : ''}>${text}</${tag}>`);
  } else if (value === null) {
    sink(`<${tag}${attributes} ${TYPE_ATTRIBUTE}="null"/>`);
  } else if (typeof value === 'number' || typeof value === 'boolean') {
    sink(`<${tag}${attributes} ${TYPE_ATTRIBUTE}="${typeof value}">${value}</${tag}>`);
  } else if (Array.isArray(value)) {
    sink(`<${tag}${attributes} ${TYPE_ATTRIBUTE}="array">`);
    for (const item of value) writeElement(ITEM_ELEMENT, '', item, sink);
    sink(`</${tag}>`);
  } else {
    writeObject(tag, attributes, Object.entries(value), sink);
  }
}

function writeObject(tag: string, attributes: string, members: readonly (readonly [string, Json])[], sink: Sink): void {
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
function attributeOf(key: string, value: Json): string {
  if (!key.startsWith('@') || typeof value !== 'string' || isUnrepresentable(value)) return '';
  const name = key.slice(1);
  return isXmlName(name) ? ` ${name}="${escapeAttribute(value)}"` : '';
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
