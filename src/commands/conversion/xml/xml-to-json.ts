import { Fault } from '../../../core/errors.ts';
import type { Sink } from '../json/sink.ts';
import { trimSpace, type XmlElement } from './parse-xml.ts';
import {
  ESCAPED_ATTRIBUTE,
  NAME_ATTRIBUTE,
  NAMESPACE_DECLARATION,
  TYPE_ATTRIBUTE,
  TYPED_NAMESPACE,
  TYPED_PREFIX,
} from './typed-xml.ts';

/**
 * XML as JSON text. Output of `convertToXml` becomes its original value, with every digit of its numbers and its keys in
 * order. Any other document becomes `{"root": …}`: an element with text only is a string, otherwise an object of
 * `@attribute`, child elements (a list where a name repeats) and `#text`.
 * @throws Fault BAD_INPUT when a document in the namespace of `convertToXml` breaks its rules
 */
export function xmlToJson(root: XmlElement, sink: Sink): void {
  if (root.attributes[NAMESPACE_DECLARATION] === TYPED_NAMESPACE) writeTyped(root, sink);
  else {
    writeObject(sink, (key) => {
      key(root.name);
      writePlain(root, sink);
    });
  }
}

/** @param members calls `key` before it writes each value */
function writeObject(sink: Sink, members: (key: (name: string) => void) => void): void {
  let separator = '{';
  members((name) => {
    sink(`${separator}${JSON.stringify(name)}:`);
    separator = ',';
  });
  sink(separator === '{' ? '{}' : '}');
}

function writeList(items: readonly XmlElement[], write: (item: XmlElement, sink: Sink) => void, sink: Sink): void {
  sink('[');
  for (const [i, item] of items.entries()) {
    if (i > 0) sink(',');
    write(item, sink);
  }
  sink(']');
}

function writePlain(element: XmlElement, sink: Sink): void {
  const attributes = Object.entries(element.attributes);
  const elements = element.children.filter((child) => typeof child !== 'string');
  const text = textOf(element);
  if (attributes.length === 0 && elements.length === 0) {
    sink(JSON.stringify(text));
    return;
  }
  writeObject(sink, (key) => {
    for (const [name, value] of attributes) {
      key(`@${name}`);
      sink(JSON.stringify(value));
    }
    for (const [name, values] of Map.groupBy(elements, (child) => child.name)) {
      key(name);
      const [first, second] = values;
      if (first && !second) writePlain(first, sink);
      else writeList(values, writePlain, sink);
    }
    const own = elements.length === 0 ? text : trimSpace(text);
    if (own !== '') {
      key('#text');
      sink(JSON.stringify(own));
    }
  });
}

function writeTyped(element: XmlElement, sink: Sink): void {
  const type = element.attributes[TYPE_ATTRIBUTE] ?? 'string';
  switch (type) {
    case 'string':
      sink(JSON.stringify(stringOf(element)));
      break;
    case 'number':
    case 'boolean': {
      const text = leafText(element);
      // A number is written as it stands: it may have more digits than JavaScript keeps.
      if (typeof parseJsonText(text, element) !== type) throw fault(element, `holds no ${type}`);
      sink(trimSpace(text));
      break;
    }
    case 'null':
      if (leafText(element) !== '') throw fault(element, 'is null, but not empty');
      sink('null');
      break;
    case 'array':
      writeList(elementsOf(element), writeTyped, sink);
      break;
    case 'object':
      writeObject(sink, (key) => writeMembers(element, key, sink));
      break;
    default:
      throw fault(element, `has ${TYPE_ATTRIBUTE}="${type.slice(0, 40)}", which is no JSON type`);
  }
}

function writeMembers(element: XmlElement, key: (name: string) => void, sink: Sink): void {
  const names = new Set<string>();
  const add = (name: string) => {
    if (names.has(name)) throw fault(element, `has two members ${JSON.stringify(name.slice(0, 40))}`);
    names.add(name);
    key(name);
  };
  for (const [name, value] of Object.entries(element.attributes)) {
    if (name === NAMESPACE_DECLARATION || name.startsWith(`${TYPED_PREFIX}:`)) continue;
    add(`@${name}`);
    sink(JSON.stringify(value));
  }
  for (const child of elementsOf(element)) {
    const name = child.attributes[NAME_ATTRIBUTE];
    add(name === undefined ? child.name : fromJsonString(name, child));
    writeTyped(child, sink);
  }
}

function stringOf(element: XmlElement): string {
  const text = leafText(element);
  return element.attributes[ESCAPED_ATTRIBUTE] === 'true' ? fromJsonString(text, element) : text;
}

function fromJsonString(text: string, element: XmlElement): string {
  const value = parseJsonText(`"${text}"`, element);
  if (typeof value !== 'string') throw fault(element, 'holds no JSON string');
  return value;
}

function parseJsonText(text: string, element: XmlElement): unknown {
  try {
    return JSON.parse(text);
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
  if (trimSpace(textOf(element)) !== '') throw fault(element, 'may hold only elements');
  return element.children.filter((child) => typeof child !== 'string');
}

function fault(element: XmlElement, what: string): Fault {
  return new Fault('BAD_INPUT', `XML of JSON: <${element.name.slice(0, 100)}> ${what}.`);
}
