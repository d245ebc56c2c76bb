import type { ExecutionArgs } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { inSpan } from '../../../core/tracing.ts';
import type { Context } from '../request/context.ts';
import { findOperation } from './document-cache.ts';

/** A span for each operation, named by its type; runs that it starts are part of its trace. */
export function useOperationSpans(): Plugin<Context> {
  return {
    onExecute: ({ executeFn, setExecuteFn }) => {
      setExecuteFn((args: ExecutionArgs) => inOperationSpan(args, executeFn));
    },
  };
}

/** Executes an operation in its span. */
export function inOperationSpan<T>(args: ExecutionArgs, execute: (args: ExecutionArgs) => T | Promise<T>): Promise<T> {
  const operation = findOperation(args.document, args.operationName);
  const type = operation?.operation ?? 'unknown';
  const attributes = {
    'graphql.operation.type': type,
    ...(operation?.name && { 'graphql.operation.name': operation.name.value }),
  };
  return inSpan(`graphql.${type}`, attributes, async () => execute(args));
}
