import { Ajv2020 } from 'ajv/dist/2020.js';
import type { JsonObject } from '../../lib/json.ts';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

let ajv: Ajv2020 | undefined;

/**
 * What is wrong with a JSON Schema, by its meta-schema; undefined when nothing is. The schema is not compiled, so this is
 * safe for any. Other dialects than 2020-12 are not checked.
 */
export function schemaProblem(schema: JsonObject): string | undefined {
  if (schema.$schema !== undefined && schema.$schema !== DIALECT) return undefined;
  ajv ??= new Ajv2020({ logger: false });
  if (ajv.validateSchema(schema)) return undefined;
  const [error] = ajv.errors ?? [];
  return `${error?.instancePath || '/'} ${error?.message ?? 'is invalid'}`;
}
