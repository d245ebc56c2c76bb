/**
 * The attributes with which XML carries JSON without loss. They have a separate namespace, so that other documents with a
 * `type` or a `name` are not mistaken for this format.
 */
export const TYPED_NAMESPACE = 'urn:signalbox:json';
export const TYPED_PREFIX = 'j';

/** What kind of JSON value an element is; a string when it is absent. */
export const TYPE_ATTRIBUTE = `${TYPED_PREFIX}:type`;
/** The key, where it cannot be the element's name: as inside a JSON string. */
export const NAME_ATTRIBUTE = `${TYPED_PREFIX}:name`;
/** `true`: the text is written as inside a JSON string, because XML has no place for one of its characters. */
export const ESCAPED_ATTRIBUTE = `${TYPED_PREFIX}:escaped`;

export const NAMESPACE_DECLARATION = `xmlns:${TYPED_PREFIX}`;

/** Element of a list. */
export const ITEM_ELEMENT = 'item';
/** Element of a key that is no XML name. */
export const MEMBER_ELEMENT = 'member';

// NCName of Namespaces in XML 1.0; names that begin with "xml" are reserved.
const START =
  'A-Za-z_\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}-\\u{200D}\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}';
const NCNAME = new RegExp(
  `^(?![Xx][Mm][Ll])[${START}][${START}\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}-\\u{2040}]*$`,
  'u',
);

export function isXmlName(text: string): boolean {
  return NCNAME.test(text);
}
