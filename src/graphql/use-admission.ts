import type { DocumentNode, GraphQLSchema } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { createAdmission } from './admission.ts';
import type { Context } from './context.ts';
import { type Documents, operationOf } from './documents.ts';

interface Args {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variableValues?: Readonly<Record<string, unknown>> | null | undefined;
}

/** Lets an operation run only when its caller is signed in, where that is needed, and when it does not cost too much. */
export function useAdmission(schema: GraphQLSchema, documents: Documents): Plugin<Context> {
  const admit = createAdmission(schema);
  const check = ({ args, context }: { readonly args: Args; readonly context: Context }) => {
    const known = documents.known(args.document);
    const operation = operationOf(args.document, args.operationName);
    if (known && operation) admit(known, operation, args.variableValues ?? {}, context);
  };
  return { onExecute: check, onSubscribe: check };
}
