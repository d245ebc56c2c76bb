import { Fault } from '../core/errors.ts';
import type { PageArgs } from '../core/store-reader.ts';

/** Entries of a connection's page, and items of any list argument, at most. */
export const MAX_PAGE = 100;
/** Events in one batch at most. */
export const MAX_BATCH = 1_000;
const DEFAULT_PAGE = 50;

type Nullable<T> = { readonly [K in keyof T]?: T[K] | null | undefined };

/** Relay's arguments, checked. Without `first` and `last` it is the first page. @throws Fault BAD_INPUT */
export function pageArgs({ first, after, last, before }: Nullable<PageArgs>): PageArgs {
  if (first != null && last != null) {
    throw new Fault('BAD_INPUT', 'Pass first to page forwards or last to page backwards, not both.', {
      path: ['last'],
    });
  }
  if (last != null) return { last: within('last', last, 0, MAX_PAGE), ...(before != null && { before }) };
  return {
    first: within('first', first ?? DEFAULT_PAGE, 0, MAX_PAGE),
    ...(after != null && { after }),
    ...(before != null && { before }),
  };
}

/**
 * The number, when it lies between the two.
 * @param name of the argument, with dots where it lies in another one
 * @param instead what to do for more
 * @throws Fault BAD_INPUT
 */
export function within(
  name: string,
  value: number,
  least: number,
  most: number,
  instead = 'take more in several pages',
): number {
  if (value >= least && value <= most) return value;
  throw new Fault('BAD_INPUT', `${name} is a number from ${least} to ${most}; ${instead}.`, { path: name.split('.') });
}
