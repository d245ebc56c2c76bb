import SchemaBuilder from '@pothos/core';
import type { Json } from '../../../../lib/json.ts';
import type { Context } from '../../request/context.ts';

/** Types of the scalars in code: `Input` for arguments of resolvers, `Output` for their results. */
type Scalars = {
  readonly ID: { readonly Input: string; readonly Output: string };
  readonly DateTime: { readonly Input: Date; readonly Output: Date };
  readonly URI: { readonly Input: string; readonly Output: string };
  readonly JSON: { readonly Input: Json; readonly Output: Json };
  readonly Base64: { readonly Input: string; readonly Output: string };
  readonly MediaType: { readonly Input: string; readonly Output: string };
  /** A position in the journal; opaque text for clients. */
  readonly Cursor: { readonly Input: number; readonly Output: number };
  readonly Sha256: { readonly Input: string; readonly Output: string };
  readonly SafeInt: { readonly Input: number; readonly Output: number };
};

export const builder = new SchemaBuilder<{
  Context: Context;
  Scalars: Scalars;
  DefaultFieldNullability: false;
}>({ defaultFieldNullability: false });
