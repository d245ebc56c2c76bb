import type { TypedDocument } from '../../../sdk/src/index.ts';

/** The text of an operation, with the types of its result and variables. */
export function operation<Result, Variables>(text: string): TypedDocument<Result, Variables> {
  return text as unknown as TypedDocument<Result, Variables>;
}
