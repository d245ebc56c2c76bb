import { GraphQLError, type GraphQLFieldResolver, type GraphQLSchema, isObjectType } from 'graphql';
import { Fault } from '../../../core/errors.ts';

/**
 * graphql treats an error with a `path` as already located, but the path of a Fault is a place in the input. To get a
 * place in the response, the Fault is wrapped in an error without a path.
 */
export function toLocatableError(error: unknown): Error {
  if (error instanceof Fault) return new GraphQLError(error.message, { originalError: error });
  return error instanceof Error ? error : new Error(String(error));
}

/** The schema, with locatable faults in all its fields. */
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
