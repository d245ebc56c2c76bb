import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';

/** Maximum points of one operation: about the maximum number of fields in a response. */
export const MAX_COST = 20_000;

/** Assumed length of a list without a page size. */
const DEFAULT_LIST_SIZE = 10;
const PAGE_ARGUMENTS = ['first', 'last', 'batch'];
const LIST_ARGUMENTS = ['uris', 'ids'];
const DEFAULT_PAGE_SIZE = 50;

export type Variables = Readonly<Record<string, unknown>>;

export interface Cost {
  readonly points: number;
  /** No page size is a variable, so the cost is the same for every request. */
  readonly isConstant: boolean;
}

/**
 * The maximum cost of an operation. A field costs one point, or its extension `cost`; its selections are multiplied by
 * its page size. Takes time linear in the document, whatever its fragments.
 */
export function operationCost(
  schema: GraphQLSchema,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  operation: OperationDefinitionNode,
  given: Variables,
): Cost {
  const variables = withVariableDefaults(operation, given);
  const known = new Map<string, number>();
  let fixed = true;
  const size = (node: FieldNode, name: string): number | undefined => {
    const value = node.arguments?.find((argument) => argument.name.value === name)?.value;
    if (value?.kind === Kind.VARIABLE) fixed = false;
    return argumentSize(value, variables);
  };

  const ofSelections = (set: SelectionSetNode | undefined, type: GraphQLNamedType | undefined): number => {
    let sum = 0;
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FIELD) sum += ofField(selection, type);
      else if (selection.kind === Kind.FRAGMENT_SPREAD) sum += ofFragment(selection.name.value);
      else {
        const on = selection.typeCondition?.name.value;
        sum += ofSelections(selection.selectionSet, on ? schema.getType(on) : type);
      }
    }
    return sum;
  };

  const ofFragment = (name: string): number => {
    let cost = known.get(name);
    if (cost === undefined) {
      known.set(name, 0);
      const fragment = fragments.get(name);
      cost = fragment ? ofSelections(fragment.selectionSet, schema.getType(fragment.typeCondition.name.value)) : 0;
      known.set(name, cost);
    }
    return cost;
  };

  const ofField = (node: FieldNode, parent: GraphQLNamedType | undefined): number => {
    const field = findField(parent, node.name.value);
    if (!field) return 1;
    const { own, often } = fieldWeight(field, (name) => size(node, name));
    const type = getNamedType(field.type);
    const inner = isCompositeType(type) ? ofSelections(node.selectionSet, type) : 0;
    return own + often * inner;
  };

  const points = ofSelections(operation.selectionSet, schema.getRootType(operation.operation) ?? undefined);
  return { points, isConstant: fixed };
}

function withVariableDefaults({ variableDefinitions = [] }: OperationDefinitionNode, given: Variables): Variables {
  const defaults = variableDefinitions.map(({ variable, defaultValue }) => [
    variable.name.value,
    argumentSize(defaultValue, {}),
  ]);
  return { ...Object.fromEntries(defaults), ...given };
}

/** Undefined for `__typename` and introspection, which the schema itself limits. */
function findField(parent: GraphQLNamedType | undefined, name: string) {
  if (!parent || name.startsWith('__')) return undefined;
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
}

function fieldWeight(field: GraphQLField<unknown, unknown>, size: (argument: string) => number | undefined) {
  const { cost = 1, listSize } = field.extensions as { cost?: number; listSize?: number };
  const list = field.args.find(({ name }) => LIST_ARGUMENTS.includes(name));
  if (list) {
    const often = Math.max(1, size(list.name) ?? 1);
    return { own: cost * often, often };
  }
  const pages = field.args.filter(({ name }) => PAGE_ARGUMENTS.includes(name));
  if (pages.length > 0) {
    const asked = pages.map(({ name, defaultValue }) => size(name) ?? Number(defaultValue ?? 0));
    return { own: cost, often: Math.max(...asked) || DEFAULT_PAGE_SIZE };
  }
  return { own: cost, often: listSize ?? (isList(field) ? DEFAULT_LIST_SIZE : 1) };
}

function isList({ type }: GraphQLField<unknown, unknown>): boolean {
  return isListType(isNonNullType(type) ? type.ofType : type);
}

/** The value of a number argument, or the length of a list argument. */
function argumentSize(value: ValueNode | undefined, variables: Variables): number | undefined {
  if (!value) return undefined;
  if (value.kind === Kind.INT) return Number(value.value);
  if (value.kind === Kind.LIST) return value.values.length;
  const given = value.kind === Kind.VARIABLE ? variables[value.name.value] : undefined;
  if (Array.isArray(given)) return given.length;
  return typeof given === 'number' ? given : undefined;
}
