import type { Message } from '@bufbuild/protobuf';
import { type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import { PacketError } from './packet-error.ts';

/** Of a packet on the wire: what NATS takes by default. */
export const MAX_PACKET_BYTES = 2 ** 20;
/** Of one text, in characters. Payloads are behind pointers, so no text is long. */
const MAX_TEXT_LENGTH = 32 * 2 ** 10;
/** Of one map. */
const MAX_ENTRIES = 256;
/** Of one list. */
const MAX_ITEMS = 1_024;

/** @throws PacketError JOB_INVALID_INPUT that names the field */
export function checkBounds(desc: DescMessage, message: Message): void {
  checkFields(reflect(desc, message), '');
}

function checkFields(message: ReflectMessage, path: string): void {
  for (const field of message.fields) {
    if (!message.isSet(field)) continue;
    const at = path === '' ? field.name : `${path}.${field.name}`;
    switch (field.fieldKind) {
      case 'scalar':
        if (field.scalar === ScalarType.STRING) checkText(message.get(field) as string, at);
        break;
      case 'message':
        checkFields(message.get(field), at);
        break;
      case 'list': {
        const list = message.get(field);
        if (list.size > MAX_ITEMS) throw tooLarge(at, `${list.size} items, and may have ${MAX_ITEMS}`);
        for (const item of list) {
          if (field.listKind === 'message') checkFields(item as ReflectMessage, at);
          else if (typeof item === 'string') checkText(item, at);
        }
        break;
      }
      case 'map': {
        const map = message.get(field);
        if (map.size > MAX_ENTRIES) throw tooLarge(at, `${map.size} entries, and may have ${MAX_ENTRIES}`);
        for (const [key, value] of map) {
          checkText(String(key), at);
          if (typeof value === 'string') checkText(value, at);
        }
      }
    }
  }
}

function checkText(text: string, at: string): void {
  if (text.length > MAX_TEXT_LENGTH) throw tooLarge(at, `${text.length} characters, and may have ${MAX_TEXT_LENGTH}`);
}

function tooLarge(field: string, has: string): PacketError {
  return new PacketError('JOB_INVALID_INPUT', `The field ${field} has ${has}.`);
}
