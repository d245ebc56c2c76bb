import { Fault } from '../../core/errors.ts';
import type { Json } from '../../lib/json.ts';
import { attributesOf, childrenOf, nameOf, type XmlElement } from './parse-xml.ts';
import {
  ESCAPED_ATTRIBUTE,
  NAME_ATTRIBUTE,
  NAMESPACE_DECLARATION,
  TYPE_ATTRIBUTE,
  TYPED_NAMESPACE,
  TYPED_PREFIX,
} from './typed-xml.ts';

type Members = Record<string, Json>;

/**
 * XML as JSON. Output of `convertToXml` becomes its original value. Any other document becomes
 * `{"root": …}`: an element with text only is a string, otherwise an object of `@attribute`, child elements (a list
 * where a name repeats) and `#text`.
 * @throws Fault BAD_INPUT when a document in the namespace of `convertToXml` breaks its rules
 */
export function xmlToJson(root: XmlElement): Json {
  if (attributesOf(root).get(NAMESPACE_DECLARATION) === TYPED_NAMESPACE) return typedValue(root);
  const members: Members = {};
  setMember(members, nameOf(root), plainValue(root));
  return members;
}

/** `__proto__` is a key like any other. An object without a prototype would do as well, in three times the memory. */
function setMember(members: Members, key: string, value: Json): void {
  if (key === '__proto__') Object.defineProperty(members, key, { value, enumerable: true });
  else members[key] = value;
}

function plainValue(element: XmlElement): Json {
  const attributes = attributesOf(element);
  const children = childrenOf(element);
  const elements = children.filter((child) => typeof child !== 'string');
  const text = textOf(children);
  if (attributes.size === 0 && elements.length === 0) return text;
  const members: Members = {};
  for (const [name, value] of attributes) setMember(members, `@${name}`, value);
  for (const [name, values] of Map.groupBy(elements, nameOf)) {
    const [first, second] = values;
    setMember(members, name, first && !second ? plainValue(first) : values.map(plainValue));
  }
  const own = elements.length === 0 ? text : text.trim();
  if (own !== '') setMember(members, '#text', own);
  return members;
}

function typedValue(element: XmlElement): Json {
  const type = attributesOf(element).get(TYPE_ATTRIBUTE) ?? 'string';
  switch (type) {
    case 'string':
      return stringOf(element);
    case 'number':
    case 'boolean': {
      const value = parseJsonText(leafText(element), element);
      if (typeof value !== type) throw fault(element, `holds no ${type}`);
      return value;
    }
    case 'null':
      if (leafText(element) !== '') throw fault(element, 'is null, but not empty');
      return null;
    case 'array':
      return elementsOf(element).map(typedValue);
    case 'object':
      return objectOf(element);
    default:
      throw fault(element, `has ${TYPE_ATTRIBUTE}="${type.slice(0, 40)}", which is no JSON type`);
  }
}

function objectOf(element: XmlElement): Json {
  const members: Members = {};
  for (const [name, value] of attributesOf(element)) {
    if (name !== NAMESPACE_DECLARATION && !name.startsWith(`${TYPED_PREFIX}:`)) setMember(members, `@${name}`, value);
  }
  for (const child of elementsOf(element)) {
    const name = attributesOf(child).get(NAME_ATTRIBUTE);
    const key = name === undefined ? nameOf(child) : fromJsonString(name, child);
    if (Object.hasOwn(members, key)) throw fault(element, `has two members ${JSON.stringify(key.slice(0, 40))}`);
    setMember(members, key, typedValue(child));
  }
  return members;
}

function stringOf(element: XmlElement): string {
  const text = leafText(element);
  return attributesOf(element).get(ESCAPED_ATTRIBUTE) === 'true' ? fromJsonString(text, element) : text;
}

function fromJsonString(text: string, element: XmlElement): string {
  const value = parseJsonText(`"${text}"`, element);
  if (typeof value !== 'string') throw fault(element, 'holds no JSON string');
  return value;
}

function parseJsonText(text: string, element: XmlElement): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw fault(element, `holds ${JSON.stringify(text.slice(0, 40))}, which is no JSON value`);
  }
}

function textOf(children: readonly (XmlElement | string)[]): string {
  return children.filter((child) => typeof child === 'string').join('');
}

function leafText(element: XmlElement): string {
  const children = childrenOf(element);
  if (children.some((child) => typeof child !== 'string')) throw fault(element, 'may hold only text');
  return textOf(children);
}

function elementsOf(element: XmlElement): readonly XmlElement[] {
  const children = childrenOf(element);
  if (textOf(children).trim() !== '') throw fault(element, 'may hold only elements');
  return children.filter((child) => typeof child !== 'string');
}

function fault(element: XmlElement, what: string): Fault {
  return new Fault('BAD_INPUT', `XML of JSON: <${nameOf(element).slice(0, 100)}> ${what}.`);
}
