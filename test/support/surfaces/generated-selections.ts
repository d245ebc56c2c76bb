import fc, { type GeneratorValue } from 'fast-check';
import {
  type GraphQLCompositeType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
} from 'graphql';

export interface GeneratedDocument {
  readonly text: string;
  readonly variables: { readonly yes: boolean; readonly no: boolean };
}

const MAX_DEPTH = 4;
const CONDITIONS = ['true', 'false', '$yes', '$no'];

/**
 * A subscription to `events` with selections of any type that it reaches: fields and meta fields, with aliases and repeated; inline and named
 * fragments on every type that fits; `@skip` and `@include` with constants and variables. Two fields may be in conflict.
 */
export function generateSubscription(schema: GraphQLSchema, gen: GeneratorValue): GeneratedDocument {
  const chance = (percent: number) => gen(fc.integer, { min: 1, max: 100 }) <= percent;
  const oneOf = <T>(values: readonly T[]): T => values[gen(fc.nat, { max: values.length - 1 })] as T;
  const fragments: string[] = [];

  const directives = () =>
    [...(chance(15) ? ['skip'] : []), ...(chance(15) ? ['include'] : [])]
      .map((name) => ` @${name}(if: ${oneOf(CONDITIONS)})`)
      .join('');

  const typesOn = (type: GraphQLCompositeType): readonly GraphQLCompositeType[] =>
    isObjectType(type) ? [type, ...type.getInterfaces()] : [type, ...schema.getPossibleTypes(type)];

  const field = (type: GraphQLCompositeType, depth: number): string => {
    const fields = isUnionType(type) ? [] : Object.values(type.getFields());
    const usable = fields.filter(({ args, type: of }) => {
      const named: GraphQLNamedType = getNamedType(of);
      return !args.some(isRequiredArgument) && !(depth === 0 && isCompositeType(named));
    });
    const alias = chance(50) ? `a${gen(fc.nat, { max: 20 })}: ` : '';
    const chosen = chance(10) || usable.length === 0 ? undefined : oneOf(usable);
    if (!chosen) return `${alias}__typename${directives()}`;
    const named: GraphQLNamedType = getNamedType(chosen.type);
    const selections = isCompositeType(named) ? ` ${selectionSet(named, depth - 1)}` : '';
    return `${alias}${chosen.name}${directives()}${selections}`;
  };

  const selection = (type: GraphQLCompositeType, depth: number): string => {
    if (depth === 0 || chance(60)) return field(type, depth);
    if (chance(10)) return `...${directives()} ${selectionSet(type, depth - 1)}`;
    const on = oneOf(typesOn(type));
    if (chance(60)) return `... on ${on.name}${directives()} ${selectionSet(on, depth - 1)}`;
    const body = selectionSet(on, depth - 1);
    const name = `F${fragments.length}`;
    fragments.push(`fragment ${name} on ${on.name} ${body}`);
    return Array.from({ length: chance(30) ? 2 : 1 }, () => `...${name}${directives()}`).join(' ');
  };

  const selectionSet = (type: GraphQLCompositeType, depth: number): string => {
    const count = gen(fc.integer, { min: 1, max: 6 });
    return `{ ${Array.from({ length: count }, () => selection(type, depth)).join(' ')} }`;
  };

  const batch = schema.getType('EventBatch') as GraphQLCompositeType;
  const event = schema.getType('Event') as GraphQLCompositeType;
  const events = `events ${selectionSet(event, MAX_DEPTH)}`;
  const root = `{ events { ${events} ${chance(50) ? selection(batch, MAX_DEPTH) : ''} } }`;
  return {
    text: [`subscription ($yes: Boolean!, $no: Boolean = false) ${root}`, ...fragments].join('\n'),
    variables: { yes: true, no: false },
  };
}
