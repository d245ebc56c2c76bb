import { WorkflowDocument, type WorkflowQuery } from '../../../../sdk/src/generated/graphql.ts';
import { SignalboxError } from '../../../../sdk/src/index.ts';
import type { Context } from '../../frame/context.ts';
import { UsageError } from '../../output/exit-codes.ts';

type WorkflowVersion = NonNullable<WorkflowQuery['workflow']>;

/** A version of a saved workflow; default: the newest. @throws UsageError, SignalboxError NOT_FOUND */
export async function readVersion(ctx: Context, name: string, version?: string): Promise<WorkflowVersion> {
  if (version !== undefined && !/^[1-9]\d{0,8}$/.test(version)) {
    throw new UsageError(`A version is a number from 1, and not ${version}.`);
  }
  const client = await ctx.client();
  const variables = { name, ...(version !== undefined && { version: Number(version) }) };
  const { workflow } = await client.request(WorkflowDocument, variables, { signal: ctx.signal });
  if (workflow) return workflow;
  const what = version === undefined ? `saved workflow ${name}` : `version ${version} of a saved workflow ${name}`;
  throw new SignalboxError('NOT_FOUND', `There is no ${what}. signalbox workflows lists them.`);
}
