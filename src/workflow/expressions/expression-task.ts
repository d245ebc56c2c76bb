import type { Json } from '../../lib/json.ts';
import { runExpression } from './expression-engine.ts';

export interface ExpressionTask {
  readonly source: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** In a worker, where an expression that takes too long is stopped with its thread. */
export function run({ source, variables }: ExpressionTask): Json {
  return runExpression(source, variables);
}
