import {
  type DirectiveNode,
  type FieldNode,
  type GraphQLDirective,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  GraphQLSkipDirective,
  getDirectiveValues,
  isAbstractType,
  Kind,
  type NamedTypeNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValidatedSubscriptionArgs,
} from 'graphql';

/** The fields of a response object, by their keys. The selections of all nodes of a key are merged. */
export type GroupedFields = ReadonlyMap<string, readonly FieldNode[]>;

/** What decides which fields are collected. */
type Collection = Pick<ValidatedSubscriptionArgs, 'schema' | 'fragments' | 'variableValues'>;

/**
 * The fields of an object of the type that selection sets select, in the order of the response (GraphQL, "CollectFields").
 * @returns undefined if a selection has a directive other than `@skip` and `@include`, or a fragment has variables
 */
export function collectFields(
  { schema, fragments, variableValues }: Collection,
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
): GroupedFields | undefined {
  const grouped = new Map<string, FieldNode[]>();
  const spread = new Set<string>();
  let supported = true;

  const applies = (condition: NamedTypeNode | undefined): boolean => {
    if (!condition) return true;
    const on = schema.getType(condition.name.value);
    return on === type || (isAbstractType(on) && schema.isSubType(on, type));
  };
  const isOn = (selection: SelectionNode, directive: GraphQLDirective) =>
    getDirectiveValues(directive, selection, variableValues)?.if;
  const isIncluded = (selection: SelectionNode): boolean => {
    if (!selection.directives?.length) return true;
    supported &&= selection.directives.every(isKnown);
    return isOn(selection, GraphQLSkipDirective) !== true && isOn(selection, GraphQLIncludeDirective) !== false;
  };

  const visit = ({ selections }: SelectionSetNode) => {
    for (const selection of selections) {
      if (!isIncluded(selection)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const nodes = grouped.get(key);
        if (nodes) nodes.push(selection);
        else grouped.set(key, [selection]);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        if (applies(selection.typeCondition)) visit(selection.selectionSet);
      } else {
        const name = selection.name.value;
        const fragment = fragments[name];
        if (!fragment || spread.has(name) || !applies(fragment.definition.typeCondition)) continue;
        supported &&= fragment.variableSignatures === undefined;
        spread.add(name);
        visit(fragment.definition.selectionSet);
      }
    }
  };
  for (const set of sets) visit(set);
  return supported ? grouped : undefined;
}

function isKnown({ name }: DirectiveNode): boolean {
  return name.value === GraphQLSkipDirective.name || name.value === GraphQLIncludeDirective.name;
}
