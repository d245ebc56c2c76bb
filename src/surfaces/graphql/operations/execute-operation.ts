import { type ExecutionArgs, type ExecutionResult, execute } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { inSpan } from '../../../core/tracing.ts';
import type { Context } from '../request/context.ts';
import { findOperation } from './document-cache.ts';

/** Executes a query or mutation, in a span named by its type; runs that it starts belong to the same trace. */
export function executeOperation(args: ExecutionArgs): Promise<ExecutionResult> {
  const operation = findOperation(args.document, args.operationName);
  const type = operation?.operation ?? 'unknown';
  const attributes = {
    'graphql.operation.type': type,
    ...(operation?.name && { 'graphql.operation.name': operation.name.value }),
  };
  return inSpan(`graphql.${type}`, attributes, async () => execute(args));
}

/** The same executor for operations that pass through Yoga. */
export function useExecutor(): Plugin<Context> {
  return { onExecute: ({ setExecuteFn }) => setExecuteFn(executeOperation) };
}
