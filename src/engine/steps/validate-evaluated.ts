import type { AnyCommand } from '../../commands/definition/define-command.ts';
import { validateOptions } from '../../commands/definition/validate-options.ts';
import { Fault } from '../../core/errors.ts';
import type { Json, JsonObject } from '../../lib/json.ts';

/**
 * Validates options whose expressions have been evaluated, and fills in defaults.
 * @throws Fault BAD_INPUT, which says how an expression gives a list or an object as text where text is required
 */
export function validateEvaluated(command: AnyCommand, options: JsonObject): JsonObject {
  try {
    return validateOptions(command, options);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const wantsText = error.violations.some(({ path, keyword, message }) => {
      const value = valueAt(options, path);
      return keyword === 'type' && /\bstring\b/.test(message) && typeof value === 'object' && value !== null;
    });
    if (!wantsText) throw error;
    const message = `${error.message} A list or an object is text after \`| tojson\`.`;
    throw new Fault(error.code, message, { violations: error.violations });
  }
}

/** @param pointer RFC 6901 */
function valueAt(options: JsonObject, pointer: string): Json | undefined {
  let value: Json | undefined = options;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, Json>>)[name];
  }
  return value;
}
