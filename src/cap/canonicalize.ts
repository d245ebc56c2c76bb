import type { DescMessage, Message } from '@bufbuild/protobuf';
import { type ReflectMap, type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import { PacketError } from './packet-error.ts';

/** Encoders in JavaScript put such keys first, whatever their place. */
const INDEX_KEY = /^(?:0|[1-9][0-9]*)$/;

/**
 * Prepares a message for an encoding that every encoder makes of it: sorts the keys of maps by their UTF-8 bytes and removes
 * empty messages.
 * @throws PacketError JOB_INVALID_INPUT for a key of a map that is a whole number
 */
export function canonicalize(desc: DescMessage, message: Message): void {
  visit(reflect(desc, message));
}

/** @returns whether nothing is set in it */
function visit(message: ReflectMessage): boolean {
  let isEmpty = true;
  for (const field of message.fields) {
    if (!message.isSet(field)) continue;
    if (field.fieldKind === 'message' && visit(message.get(field))) {
      message.clear(field);
      continue;
    }
    if (field.fieldKind === 'map') sortKeys(message.get(field), field.name);
    if (field.fieldKind === 'list' && field.listKind === 'message') {
      for (const item of message.get(field)) visit(item as ReflectMessage);
    }
    isEmpty = false;
  }
  return isEmpty;
}

function sortKeys(map: ReflectMap, field: string): void {
  const entries = [...map.entries()].map(([key, value]) => ({
    key: String(key),
    value,
    bytes: Buffer.from(String(key)),
  }));
  const indexKey = entries.find(({ key }) => INDEX_KEY.test(key));
  if (indexKey) {
    const message = `The key ${indexKey.key} of ${field} is a number, which peers reorder: add a letter.`;
    throw new PacketError('JOB_INVALID_INPUT', message);
  }
  map.clear();
  for (const { key, value } of entries.toSorted((a, b) => a.bytes.compare(b.bytes))) map.set(key, value);
}
