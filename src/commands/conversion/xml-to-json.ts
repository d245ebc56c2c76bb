import { Fault } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import type { XmlElement } from './parse-xml.ts';
import { DECLARATION, ESCAPED, NAME, TYPE, TYPED_NAMESPACE, TYPED_PREFIX } from './typed-xml.ts';

/** Without a prototype, so that `__proto__` is a key like any other. */
type Members = Record<string, Json>;

/**
 * XML as JSON. What `convertToXml` wrote becomes the value that it was made of. Any other document becomes
 * `{"root": …}`: an element with text only is a string, otherwise an object of `@attribute`, child elements (a list
 * where a name repeats) and `#text`.
 * @throws Fault BAD_INPUT when a document in the namespace of `convertToXml` breaks its rules
 */
export function xmlToJson(root: XmlElement): Json {
  if (root.attributes.get(DECLARATION) === TYPED_NAMESPACE) return typedValue(root);
  const members: Members = Object.create(null);
  members[root.name] = plainValue(root);
  return members;
}

function plainValue(element: XmlElement): Json {
  const { attributes, children } = element;
  const elements = children.filter((child) => typeof child !== 'string');
  const text = textOf(element);
  if (attributes.size === 0 && elements.length === 0) return text;
  const members: Members = Object.create(null);
  for (const [name, value] of attributes) members[`@${name}`] = value;
  const lists = new Map<string, Json[]>();
  for (const child of elements) {
    const list = lists.get(child.name);
    if (list) list.push(plainValue(child));
    else lists.set(child.name, [plainValue(child)]);
  }
  for (const [name, [first, ...rest]] of lists)
    members[name] = rest.length === 0 ? (first as Json) : [first as Json, ...rest];
  const own = elements.length === 0 ? text : text.trim();
  if (own !== '') members['#text'] = own;
  return members;
}

function typedValue(element: XmlElement): Json {
  const type = element.attributes.get(TYPE) ?? 'string';
  switch (type) {
    case 'string':
      return stringOf(element);
    case 'number':
    case 'boolean': {
      const value = parsed(leafText(element), element);
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
      throw fault(element, `has ${TYPE}="${type.slice(0, 40)}", which is no JSON type`);
  }
}

function objectOf(element: XmlElement): Json {
  const members: Members = Object.create(null);
  const add = (key: string, value: Json) => {
    if (key in members) throw fault(element, `has two members ${JSON.stringify(key.slice(0, 40))}`);
    members[key] = value;
  };
  for (const [name, value] of element.attributes) {
    if (name !== DECLARATION && !name.startsWith(`${TYPED_PREFIX}:`)) add(`@${name}`, value);
  }
  for (const child of elementsOf(element)) {
    const name = child.attributes.get(NAME);
    add(name === undefined ? child.name : fromJsonString(name, child), typedValue(child));
  }
  return members;
}

function stringOf(element: XmlElement): string {
  const text = leafText(element);
  return element.attributes.get(ESCAPED) === 'true' ? fromJsonString(text, element) : text;
}

function fromJsonString(text: string, element: XmlElement): string {
  const value = parsed(`"${text}"`, element);
  if (typeof value !== 'string') throw fault(element, 'holds no JSON string');
  return value;
}

function parsed(text: string, element: XmlElement): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw fault(element, `holds ${JSON.stringify(text.slice(0, 40))}, which is no JSON value`);
  }
}

function textOf({ children }: XmlElement): string {
  return children.filter((child) => typeof child === 'string').join('');
}

function leafText(element: XmlElement): string {
  if (element.children.some((child) => typeof child !== 'string')) throw fault(element, 'may hold only text');
  return textOf(element);
}

function elementsOf(element: XmlElement): readonly XmlElement[] {
  if (textOf(element).trim() !== '') throw fault(element, 'may hold only elements');
  return element.children.filter((child) => typeof child !== 'string');
}

function fault(element: XmlElement, what: string): Fault {
  return new Fault('BAD_INPUT', `XML of JSON: <${element.name.slice(0, 100)}> ${what}.`);
}
