import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  type ValueNode,
} from 'graphql';
import { Fault } from '../../../core/errors.ts';

/** Maximum points of one operation: about the maximum number of fields in a response. */
export const MAX_COST = 20_000;

/** Assumed length of a list without a page size. */
const DEFAULT_LIST_SIZE = 10;
const PAGE_ARGUMENTS = ['first', 'last', 'batch'];
const LIST_ARGUMENTS = ['uris', 'ids', 'actions'];
const DEFAULT_PAGE_SIZE = 50;
const COST_CEILING = 1e12;

export type Variables = Readonly<Record<string, unknown>>;

export interface Cost {
  readonly points: number;
  /** No page size is a variable, so the cost is the same for every request. */
  readonly isConstant: boolean;
}

/** Points of selections: for each entry of the page that has them, and once for the whole page. */
interface Points {
  readonly each: number;
  readonly once: number;
}
const NONE: Points = { each: 0, once: 0 };

/**
 * The maximum cost of an operation. A field costs one point, or its extension `cost`; its selections are multiplied by
 * its page size, except for fields with the extension `once`. Of fragments on several object types the most expensive type counts, because an object has one type.
 * No document costs less than a part of it. Takes time linear in the document, whatever its fragments.
 * @throws Fault BAD_INPUT for a page size that is not a positive whole number
 */
export function operationCost(
  schema: GraphQLSchema,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  operation: OperationDefinitionNode,
  given: Variables,
): Cost {
  const variables = withVariableDefaults(operation, given);
  const known = new Map<string, Points>();
  let fixed = true;
  const size = (node: FieldNode, name: string): number | undefined => {
    const value = node.arguments?.find((argument) => argument.name.value === name)?.value;
    if (value?.kind === Kind.VARIABLE) fixed = false;
    const count = argumentSize(value, variables);
    if (count !== undefined && PAGE_ARGUMENTS.includes(name)) assertPageSize(node, name, count);
    return count;
  };

  const ofSelections = (set: SelectionSetNode | undefined, type: GraphQLNamedType | undefined): Points => {
    let shared = NONE;
    const byObjectType = new Map<string, Points>();
    const addFragment = (on: string | undefined, cost: Points) => {
      const isOneOfSeveral = on !== undefined && on !== type?.name && isObjectType(schema.getType(on));
      if (isOneOfSeveral) byObjectType.set(on, sum(byObjectType.get(on) ?? NONE, cost));
      else shared = sum(shared, cost);
    };
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FIELD) shared = sum(shared, ofField(selection, type));
      else if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const name = selection.name.value;
        addFragment(fragments.get(name)?.typeCondition.name.value, ofFragment(name));
      } else {
        const on = selection.typeCondition?.name.value;
        addFragment(on, ofSelections(selection.selectionSet, on === undefined ? type : schema.getType(on)));
      }
    }
    const types = [NONE, ...byObjectType.values()];
    const [each, once] = [types.map((one) => one.each), types.map((one) => one.once)];
    return sum(shared, { each: Math.max(...each), once: Math.max(...once) });
  };

  const ofFragment = (name: string): Points => {
    let cost = known.get(name);
    if (cost === undefined) {
      known.set(name, NONE);
      const fragment = fragments.get(name);
      cost = fragment ? ofSelections(fragment.selectionSet, schema.getType(fragment.typeCondition.name.value)) : NONE;
      known.set(name, cost);
    }
    return cost;
  };

  const ofField = (node: FieldNode, parent: GraphQLNamedType | undefined): Points => {
    const field = findField(parent, node.name.value);
    if (!field) return sum({ each: 1, once: 0 }, ofSelections(node.selectionSet, undefined));
    const { own, often } = fieldWeight(field, parent, (name) => size(node, name));
    const type = getNamedType(field.type);
    const inner = isCompositeType(type) ? ofSelections(node.selectionSet, type) : NONE;
    const points = bounded(own + often * inner.each + inner.once);
    return field.extensions.once ? { each: 0, once: points } : { each: points, once: 0 };
  };

  const { each, once } = ofSelections(operation.selectionSet, schema.getRootType(operation.operation) ?? undefined);
  return { points: bounded(each + once), isConstant: fixed };
}

function sum(a: Points, b: Points): Points {
  return { each: bounded(a.each + b.each), once: bounded(a.once + b.once) };
}

/** Costs stop growing far above the maximum, so that no sum overflows. */
function bounded(points: number): number {
  return Math.min(points, COST_CEILING);
}

/** @throws Fault BAD_INPUT */
function assertPageSize(node: FieldNode, argument: string, size: number): void {
  if (Number.isSafeInteger(size) && size > 0) return;
  const message = `${argument} of ${node.name.value} must be a whole number from 1; received ${size}.`;
  throw new Fault('BAD_INPUT', message, { path: [node.name.value, argument] });
}

function withVariableDefaults({ variableDefinitions = [] }: OperationDefinitionNode, given: Variables): Variables {
  const defaults = variableDefinitions.map(({ variable, defaultValue }) => [
    variable.name.value,
    argumentSize(defaultValue, {}),
  ]);
  return { ...Object.fromEntries(defaults), ...given };
}

/** Undefined for a field that does not exist, which validation refuses. */
function findField(parent: GraphQLNamedType | undefined, name: string) {
  const meta = META_FIELDS.find((field) => field.name === name);
  if (meta) return meta;
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
}

const META_FIELDS: readonly GraphQLField<unknown, unknown>[] = [
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
];

/** The cost of the field itself, and how often its selections count; both are at least 1. */
function fieldWeight(
  field: GraphQLField<unknown, unknown>,
  parent: GraphQLNamedType | undefined,
  size: (argument: string) => number | undefined,
) {
  const extensions = field.extensions as { cost?: number; listSize?: number };
  const cost = Math.max(1, extensions.cost ?? 1);
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
  // The schema limits introspection, whose documents are large by nature.
  if (parent && isIntrospectionType(parent)) return { own: cost, often: 1 };
  return { own: cost, often: Math.max(1, extensions.listSize ?? (isList(field) ? DEFAULT_LIST_SIZE : 1)) };
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
