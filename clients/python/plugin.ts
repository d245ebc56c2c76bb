import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLInputObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredInputField,
  Kind,
  type OperationDefinitionNode,
  print,
  type SelectionSetNode,
  typeFromAST,
  visit,
} from 'graphql';
import { alias, checkName, dictionary, parameters, snakeCase } from './python-text.ts';
import { collectFields, soleFragment } from './selections.ts';

interface PluginConfig {
  /** The Python type of each scalar. A scalar that is missing is an error. */
  readonly scalars: Readonly<Record<string, string>>;
}

const HEADER = `# Written by \`npm run codegen\` from schema.graphql and documents.graphql.
from typing import TYPE_CHECKING, Any, Generator, Literal, TypeAlias, TypedDict, cast

from ..transport import Transport

if TYPE_CHECKING:
    # Type checkers have it for every version of Python.
    from typing_extensions import NotRequired
`;
const CLASS = (name: string, comment: string, methods: readonly string[]) => `class ${name}:
    """${comment}"""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

${methods.join('\n')}`;

type InputType = GraphQLInputObjectType['getFields'] extends () => Record<string, infer F>
  ? F extends { type: infer T }
    ? T
    : never
  : never;

/** The plugin of graphql-codegen: a Python module of types and of a method for each operation. */
export function plugin(schema: GraphQLSchema, files: { document?: DocumentNode }[], config: PluginConfig): string {
  const definitions = files.flatMap(({ document }) => document?.definitions ?? []);
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: OperationDefinitionNode[] = [];
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
  }
  const written = new Map<string, string>();
  const write = (name: string, text: string) => {
    checkName(name);
    if (written.get(name) && written.get(name) !== text) throw new Error(`Two types would have the name ${name}.`);
    written.set(name, text);
  };

  function leaf(type: { readonly name: string }): string {
    if (isEnumType(type)) {
      write(
        type.name,
        alias(
          type.name,
          `Literal[${type
            .getValues()
            .map(({ name }) => `'${name}'`)
            .join(', ')}]`,
        ),
      );
      return type.name;
    }
    const scalar = config.scalars[type.name];
    if (scalar === undefined) throw new Error(`Scalar ${type.name} has no Python type in codegen.ts.`);
    return scalar;
  }

  function wrapped(type: GraphQLOutputType | InputType, named: () => string): string {
    if (isNonNullType(type)) return present(type.ofType, named);
    const python = present(type, named);
    return python === 'Any' ? python : `${python} | None`;
  }
  function present(type: GraphQLOutputType | InputType, named: () => string): string {
    return isListType(type) ? `list[${wrapped(type.ofType, named)}]` : named();
  }

  const inputs = new Set<string>();
  function inputType(type: InputType): string {
    return wrapped(type, () => {
      const named = getNamedType(type);
      if (!isInputObjectType(named)) return leaf(named);
      if (!inputs.has(named.name)) {
        inputs.add(named.name);
        writeInput(named);
      }
      return named.name;
    });
  }
  function writeInput(type: GraphQLInputObjectType): void {
    const fields = Object.values(type.getFields());
    if (!type.isOneOf) {
      const entries = fields.map((field) => ({
        name: field.name,
        type: inputType(field.type),
        optional: !isRequiredInputField(field),
      }));
      write(type.name, dictionary(type.name, entries));
      return;
    }
    const members = fields.map((field) => {
      const name = `${type.name}_${field.name}`;
      write(name, dictionary(name, [{ name: field.name, type: inputType(field.type).replace(/ \| None$/, '') }]));
      return name;
    });
    write(type.name, alias(type.name, members.join(' | ')));
  }

  /** The Python type of a selection, whose own type gets the name if it has to be written. */
  function outputType(type: GraphQLOutputType, sets: readonly SelectionSetNode[], name: string): string {
    return wrapped(type, () => {
      const named = getNamedType(type);
      if (!isCompositeType(named)) return leaf(named);
      const objects = isAbstractType(named) ? schema.getPossibleTypes(named) : [named];
      const names = objects.map(
        (one) => soleFragment(schema, fragments, one, sets) ?? objectType(one.name, sets, name),
      );
      return [...new Set(names)].join(' | ');
    });
  }
  function objectType(typeName: string, sets: readonly SelectionSetNode[], name: string): string {
    const type = schema.getType(typeName);
    if (!isObjectType(type)) throw new Error(`${typeName} is no object type.`);
    const entries = [...collectFields(schema, fragments, type, sets)].map(([key, { field, sets: below }]) => ({
      name: key,
      type:
        field === '__typename'
          ? `Literal['${typeName}']`
          : outputType(fieldOf(type, field), below, `${name}${key[0]?.toUpperCase()}${key.slice(1)}`),
    }));
    write(name, dictionary(name, entries));
    return name;
  }
  function fieldOf(type: { getFields(): Record<string, { type: GraphQLOutputType }>; name: string }, field: string) {
    const found = type.getFields()[field];
    if (!found) throw new Error(`${type.name} has no field ${field}.`);
    return found.type;
  }

  for (const [name, { typeCondition, selectionSet }] of fragments) {
    const type = schema.getType(typeCondition.name.value);
    if (isObjectType(type)) objectType(type.name, [selectionSet], name);
    else if (isAbstractType(type)) {
      const members = schema
        .getPossibleTypes(type)
        .map((member) => objectType(member.name, [selectionSet], member.name));
      write(name, alias(name, members.join(' | ')));
    }
  }
  const commands: string[] = [];
  const others: string[] = [];
  for (const operation of operations) {
    const { result, text } = method(operation);
    (result === 'CommandOutcome' ? commands : others).push(text);
  }
  return [
    HEADER,
    ...written.values(),
    '',
    ...[...fragments.values()].map((fragment) => `${fragmentName(fragment)} = """${print(fragment)}\n"""`),
    '',
    CLASS(
      'Commands',
      'A method for each command. Every command has an idempotency key, so it is carried out once.',
      commands,
    ),
    CLASS('Operations', 'A method for each other operation of documents.graphql.', others),
  ].join('\n');

  function method(operation: OperationDefinitionNode) {
    const name = operation.name?.value ?? '';
    const root = schema.getRootType(operation.operation);
    const [selection, ...more] = operation.selectionSet.selections;
    if (!root || selection?.kind !== Kind.FIELD || more.length > 0) throw new Error(`${name} needs exactly one field.`);
    const field = selection.name.value;
    const full = outputType(fieldOf(root, field), selection.selectionSet ? [selection.selectionSet] : [], name);
    // A refusal is an exception.
    const result = full
      .split(' | ')
      .filter((member) => member !== 'Refusal')
      .join(' | ');
    const variables = (operation.variableDefinitions ?? []).map(({ variable, type: node }) => {
      const type = typeFromAST(schema, node);
      if (!type) throw new Error(`${name}: $${variable.name.value} has no type.`);
      return { key: variable.name.value, type: type as InputType, python: inputType(type as InputType) };
    });
    const [first] = variables;
    const named = first && getNamedType(first.type);
    // The fields of an input are arguments of the method.
    const input = first?.key === 'input' && isInputObjectType(named) ? Object.values(named.getFields()) : undefined;
    const entries = input
      ? input.map((field) => ({
          key: field.name,
          python: inputType(field.type),
          optional: !isRequiredInputField(field),
        }))
      : variables.map((v) => ({ ...v, optional: !isNonNullType(v.type) }));
    const pairs = entries.map(({ key }) => `'${key}': ${snakeCase(key)}`).join(', ');
    const values = input ? `{'input': {${pairs}}}` : `{${pairs}}`;
    const keyed = entries.some(({ key }) => key === 'idempotencyKey');
    const call = {
      query: `request(_document, ${values}, repeat=True)`,
      mutation: `request(_document, ${values}, ${keyed ? 'keyed' : 'repeat'}=${keyed ? 'True' : 'False'})`,
      subscription: `subscribe(_document, ${values}, timeout=timeout)`,
    }[operation.operation];
    const isSubscription = operation.operation === 'subscription';
    const type = isSubscription ? `Generator[${result}, None, None]` : result;
    const documents = used(operation).map((fragment) => ` + ${fragmentName(fragment)}`);
    const text = `    def ${snakeCase(name)}(${parameters(entries, isSubscription)}) -> "${type}":
        _document = """${print(operation).replaceAll('\n', '\n        ')}
        """${documents.join('')}
        return cast("${type}", self._transport.${call})
`;
    return { result, text };
  }

  function used(root: OperationDefinitionNode): FragmentDefinitionNode[] {
    const found = new Set<FragmentDefinitionNode>();
    const walk = (node: OperationDefinitionNode | FragmentDefinitionNode) =>
      visit(node, {
        FragmentSpread({ name }) {
          const fragment = fragments.get(name.value);
          if (!fragment || found.has(fragment)) return;
          found.add(fragment);
          walk(fragment);
        },
      });
    walk(root);
    return [...found];
  }
}

const fragmentName = ({ name }: FragmentDefinitionNode) => `_${snakeCase(name.value).toUpperCase()}`;
