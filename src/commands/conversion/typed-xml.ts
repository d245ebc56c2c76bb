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

// NCName of XML 1.0 without the planes above U+FFFF; names that begin with "xml" are reserved.
const START =
  'A-Za-z_\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C-\\u200D\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD';
const NCNAME = new RegExp(`^(?!xml)[${START}][${START}\\-.0-9\\u00B7\\u0300-\\u036F\\u203F-\\u2040]*$`, 'i');

/** Names with what JavaScript takes for white space (U+1680, U+FEFF) are allowed in XML, but our parser splits them. */
export function isXmlName(text: string): boolean {
  return NCNAME.test(text) && !/\s/.test(text);
}
