import {
  type ExecutionArgs,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { Fault } from '../../../core/errors.ts';
import { requireUser } from '../request/caller-scope.ts';
import type { Context } from '../request/context.ts';
import { type Cost, MAX_COST, operationCost, type Variables } from './cost.ts';
import { type DocumentCache, findOperation, type ParsedDocument } from './document-cache.ts';

/** Fields that require no token. */
const PUBLIC_FIELDS: ReadonlySet<string> = new Set([
  'health',
  'viewer',
  'catalog',
  'server',
  'signIn',
  '__schema',
  '__type',
  '__typename',
]);

interface AdmissionFacts {
  readonly isPublic: boolean;
  readonly cost: Cost;
}

/** Passed by every operation before it runs. @throws Fault UNAUTHENTICATED, TOO_COSTLY */
export type AdmitOperation = (args: ExecutionArgs) => void;

/** The check of the caller and of the operation's cost. Constant facts are cached by node. */
export function createAdmission(schema: GraphQLSchema, documents: DocumentCache): AdmitOperation {
  const kept = new WeakMap<OperationDefinitionNode, AdmissionFacts>();

  const factsOf = (
    { fragments }: ParsedDocument,
    operation: OperationDefinitionNode,
    variables: Variables,
  ): AdmissionFacts => {
    const before = kept.get(operation);
    if (before?.cost.isConstant) return before;
    const isPublic =
      before?.isPublic ?? rootFields(operation.selectionSet, fragments).every((name) => PUBLIC_FIELDS.has(name));
    const facts = { isPublic, cost: operationCost(schema, fragments, operation, variables) };
    kept.set(operation, facts);
    return facts;
  };

  return ({ document, operationName, variableValues, contextValue }) => {
    const known = documents.find(document);
    const operation = findOperation(document, operationName);
    // The executor has a better message for a missing operation.
    if (!known || !operation) return;
    const { isPublic, cost } = factsOf(known, operation, variableValues ?? {});
    if (!isPublic) requireUser(contextValue as Context);
    if (cost.points > MAX_COST) {
      const message = `The operation costs ${cost.points} points; the maximum is ${MAX_COST}. Select smaller pages or fewer fields.`;
      throw new Fault('TOO_COSTLY', message, { details: { cost: cost.points, most: MAX_COST } });
    }
  };
}

function rootFields(
  set: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  seen = new Set<string>(),
): readonly string[] {
  return set.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection.name.value];
    if (selection.kind === Kind.INLINE_FRAGMENT) return rootFields(selection.selectionSet, fragments, seen);
    const name = selection.name.value;
    const fragment = fragments.get(name);
    if (!fragment || seen.has(name)) return [];
    seen.add(name);
    return rootFields(fragment.selectionSet, fragments, seen);
  });
}

/** Admits every operation before Yoga runs it. */
export function useAdmission(admit: AdmitOperation): Plugin<Context> {
  const check = ({ args }: { readonly args: ExecutionArgs }) => admit(args);
  return { onExecute: check, onSubscribe: check };
}
