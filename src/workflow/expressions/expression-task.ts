import type { Json } from '../../lib/json.ts';
import { runExpression } from './expression-engine.ts';

export interface ExpressionTask {
  readonly source: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Runs in a worker, where an expression that takes too long ends with its thread. */
export function run({ source, variables }: ExpressionTask): Json {
  return runExpression(source, variables);
}
