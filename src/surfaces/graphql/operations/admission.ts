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
import { signedIn } from '../request/caller-scope.ts';
import type { Context } from '../request/context.ts';
import { type Cost, costOf, MAX_COST, type Variables } from './cost.ts';
import { type Documents, type KnownDocument, operationOf } from './document-cache.ts';

/** What anybody may ask, signed in or not. */
const OPEN_FIELDS: ReadonlySet<string> = new Set([
  'health',
  'viewer',
  'catalog',
  'signIn',
  '__schema',
  '__type',
  '__typename',
]);

interface Facts {
  readonly open: boolean;
  readonly cost: Cost;
}

/** Passed by every operation before it runs. @throws Fault UNAUTHENTICATED, TOO_COSTLY */
export type Admit = (args: ExecutionArgs) => void;

/** The check of who is signed in, and of what an operation costs. What never changes is kept with its node. */
export function createAdmission(schema: GraphQLSchema, documents: Documents): Admit {
  const kept = new WeakMap<OperationDefinitionNode, Facts>();

  const factsOf = ({ fragments }: KnownDocument, operation: OperationDefinitionNode, variables: Variables): Facts => {
    const before = kept.get(operation);
    if (before?.cost.fixed) return before;
    const open = before?.open ?? rootFields(operation.selectionSet, fragments).every((name) => OPEN_FIELDS.has(name));
    const facts = { open, cost: costOf(schema, fragments, operation, variables) };
    kept.set(operation, facts);
    return facts;
  };

  return ({ document, operationName, variableValues, contextValue }) => {
    const known = documents.known(document);
    const operation = operationOf(document, operationName);
    // Without an operation there is nothing to run, which the executor says better.
    if (!known || !operation) return;
    const { open, cost } = factsOf(known, operation, variableValues ?? {});
    if (!open) signedIn(contextValue as Context);
    if (cost.points > MAX_COST) {
      const message = `The operation costs ${cost.points} points; at most ${MAX_COST} are taken. Ask for smaller pages or fewer fields.`;
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

/** Lets an operation run only when its caller is signed in, where that is needed, and when it does not cost too much. */
export function useAdmission(admit: Admit): Plugin<Context> {
  const check = ({ args }: { readonly args: ExecutionArgs }) => admit(args);
  return { onExecute: check, onSubscribe: check };
}
