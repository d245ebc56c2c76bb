import type { ExecutionArgs } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { inSpan } from '../core/span.ts';
import type { Context } from './context.ts';
import { operationOf } from './documents.ts';

/** A span for each operation, named by its type; runs that it starts are part of its trace. */
export function useOperationSpans(): Plugin<Context> {
  return {
    onExecute: ({ args: executeArgs, executeFn, setExecuteFn }) => {
      const operation = operationOf(executeArgs.document, executeArgs.operationName);
      const attributes = {
        'graphql.operation.type': operation?.operation ?? 'unknown',
        ...(operation?.name && { 'graphql.operation.name': operation.name.value }),
      };
      const name = `graphql.${operation?.operation ?? 'unknown'}`;
      setExecuteFn((args: ExecutionArgs) => inSpan(name, attributes, async () => executeFn(args)));
    },
  };
}
