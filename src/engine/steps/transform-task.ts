import jsonata from 'jsonata';
import { Fault } from '../../core/errors.ts';
import type { Json } from '../../lib/json.ts';

export interface TransformTask {
  readonly data: Json;
  readonly expression: string;
}

/** The task of a worker. @returns the result as JSON text; null if it is undefined. @throws Fault BAD_INPUT */
export async function run({ data, expression }: TransformTask): Promise<string> {
  try {
    return JSON.stringify((await jsonata(expression).evaluate(data)) ?? null);
  } catch (error) {
    const { message = String(error), position } = error as { message?: string; position?: number };
    const where = position === undefined ? '' : ` at character ${position}`;
    throw new Fault('BAD_INPUT', `The JSONata expression fails${where}: ${message}`, { path: ['expression'] });
  }
}
