import jsonata from 'jsonata';
import { isAllocationError } from '../../core/cpu-pool.ts';
import { Fault } from '../../core/errors.ts';
import type { Json } from '../../lib/json.ts';

export interface TransformTask {
  readonly data: Json;
  readonly expression: string;
  /** Maximum of the result. */
  readonly maxBytes: number;
}

/** The task of a worker. @returns the result as JSON text; null if it is undefined. @throws Fault BAD_INPUT, RESOURCE_TOO_LARGE */
export async function run({ data, expression, maxBytes }: TransformTask): Promise<string> {
  const text = await evaluate(expression, data);
  if (Buffer.byteLength(text) <= maxBytes) return text;
  const message = `The result of the transform is larger than ${maxBytes} bytes, the maximum of FETCH_MAX_BYTES. Select less.`;
  throw new Fault('RESOURCE_TOO_LARGE', message);
}

async function evaluate(expression: string, data: Json): Promise<string> {
  try {
    return JSON.stringify((await jsonata(expression).evaluate(data)) ?? null);
  } catch (error) {
    if (isAllocationError(error)) throw error;
    const { message = String(error), position } = error as { message?: string; position?: number };
    const where = position === undefined ? '' : ` at character ${position}`;
    throw new Fault('BAD_INPUT', `The JSONata expression fails${where}: ${message}`, { path: ['expression'] });
  }
}
