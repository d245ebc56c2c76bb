import jsonata from 'jsonata';
import { Fault } from '../../core/errors.ts';
import type { Json } from '../../lib/json.ts';

export interface TransformTask {
  readonly data: Json;
  readonly expression: string;
}

/** A worker's task: the result as JSON text; what an expression leaves undefined is null. @throws Fault BAD_INPUT */
export async function run({ data, expression }: TransformTask): Promise<string> {
  try {
    return JSON.stringify((await jsonata(expression).evaluate(data)) ?? null);
  } catch (error) {
    const { message = String(error), position } = error as { message?: string; position?: number };
    const where = position === undefined ? '' : ` at character ${position}`;
    throw new Fault('BAD_INPUT', `The JSONata expression fails${where}: ${message}`, { path: ['expression'] });
  }
}
