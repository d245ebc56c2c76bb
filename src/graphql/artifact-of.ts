import { isJsonObject, type Json } from '../lib/json.ts';
import { callerScope } from './caller-scope.ts';
import type { Context } from './context.ts';
import { type ResourceView, viewOfOutput } from './resource-view.ts';

const ARTIFACT = /^artifact:sha256\/([0-9a-f]{64})$/;

/**
 * The resource that a value stands for: `{uri, media_type, size}`, as expressions have what a step made, or that URI
 * alone; null for any other value. Anybody may write such a value, so the bytes are looked for in what the caller sees.
 */
export async function artifactOf(value: Json, ctx: Context): Promise<ResourceView | null> {
  const uri = isJsonObject(value) ? value.uri : value;
  const [, digest] = (typeof uri === 'string' && ARTIFACT.exec(uri)) || [];
  const content = digest === undefined ? undefined : await ctx.app.reader.content(callerScope(ctx), digest);
  if (!content) return null;
  return viewOfOutput(content.kind === 'text' ? content.output : content.artifact, ctx);
}
