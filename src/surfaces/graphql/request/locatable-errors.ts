import { GraphQLError, type GraphQLFieldResolver, type GraphQLSchema, isObjectType } from 'graphql';
import { Fault } from '../../../core/errors.ts';

/**
 * graphql takes an error with a `path` for one that it has located already, and a Fault's path is a place in the
 * input. So that the error gets its place in the answer, the Fault is put inside an error that has none.
 */
export function toLocatableError(error: unknown): Error {
  if (error instanceof Fault) return new GraphQLError(error.message, { originalError: error });
  return error instanceof Error ? error : new Error(String(error));
}

/** The schema, with the faults of all its fields made locatable. */
export function makeFaultsLocatable(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.resolve) field.resolve = wrapResolver(field.resolve);
      if (field.subscribe) field.subscribe = wrapResolver(field.subscribe);
    }
  }
  return schema;
}

type Resolver = GraphQLFieldResolver<unknown, unknown>;

function wrapResolver(resolve: Resolver): Resolver {
  return (source, args, context, info) => {
    try {
      const value = resolve(source, args, context, info);
      return value instanceof Promise ? value.catch(throwLocatable) : value;
    } catch (error) {
      return throwLocatable(error);
    }
  };
}

function throwLocatable(error: unknown): never {
  throw toLocatableError(error);
}
