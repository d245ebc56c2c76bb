import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  Kind,
  type NamedTypeNode,
  type SelectionSetNode,
} from 'graphql';

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

interface SelectedField {
  readonly field: string;
  /** What is selected below it. */
  readonly sets: SelectionSetNode[];
}

function applies(schema: GraphQLSchema, type: GraphQLObjectType, condition: NamedTypeNode | undefined): boolean {
  const name = condition?.name.value ?? type.name;
  const other = schema.getType(name);
  return name === type.name || (isAbstractType(other) && schema.isSubType(other, type));
}

/** The fields that an object of a type has in the result of selection sets, by their response name. */
export function collectFields(
  schema: GraphQLSchema,
  fragments: Fragments,
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
  found = new Map<string, SelectedField>(),
): Map<string, SelectedField> {
  for (const selection of sets.flatMap((set) => set.selections)) {
    if (selection.directives?.length) throw new Error('Directives of selections have no type in Python.');
    if (selection.kind === Kind.FIELD) {
      addField(found, selection);
      continue;
    }
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
    if (!fragment) throw new Error('A fragment is missing.');
    if (applies(schema, type, fragment.typeCondition)) {
      collectFields(schema, fragments, type, [fragment.selectionSet], found);
    }
  }
  return found;
}

function addField(found: Map<string, SelectedField>, { name, alias, selectionSet }: FieldNode): void {
  const key = alias?.value ?? name.value;
  const known = found.get(key) ?? { field: name.value, sets: [] };
  if (selectionSet) known.sets.push(selectionSet);
  found.set(key, known);
}

/** The fragment that alone says what is selected of a type: it has a name in Python already. */
export function soleFragment(
  schema: GraphQLSchema,
  fragments: Fragments,
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
): string | undefined {
  const names = new Set<string>();
  for (const selection of sets.flatMap((set) => set.selections)) {
    if (selection.kind !== Kind.FRAGMENT_SPREAD) return undefined;
    const fragment = fragments.get(selection.name.value);
    if (fragment && applies(schema, type, fragment.typeCondition)) {
      // A fragment on an interface is written as a type for each of its members.
      names.add(fragment.typeCondition.name.value === type.name ? fragment.name.value : type.name);
    }
  }
  return names.size === 1 ? [...names][0] : undefined;
}
