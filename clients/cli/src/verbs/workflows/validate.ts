import { ValidateWorkflowDocument } from '../../../../sdk/src/generated/graphql.ts';
import type { Context } from '../../frame/context.ts';
import { printText } from '../../frame/print-text.ts';
import { readDocument } from '../../input/document-source.ts';
import { type InputOptions, readInputs } from '../../input/inputs.ts';
import { EXIT } from '../../output/exit-codes.ts';
import { sanitize } from '../../output/sanitize.ts';

/** Prints the problems of a workflow, each with its place, and notes the steps that the policy would not permit. */
export async function run(ctx: Context, [argument]: readonly unknown[], options: InputOptions): Promise<number> {
  const document = String(argument);
  const hasInputs = options.input !== undefined || options.inputs !== undefined;
  const inputs = hasInputs && (await readInputs(ctx, options, document));
  const source = await readDocument(ctx, document);
  const client = await ctx.client();
  const variables = { source, ...(inputs && { inputs }) };
  const { validateWorkflow } = await client.request(ValidateWorkflowDocument, variables, { signal: ctx.signal });
  const { valid, problems, decisions } = validateWorkflow;
  const rows = problems.map(({ severity, message, step, line, column }) => ({
    id: [document, line, column].filter((part) => part !== null && part !== undefined).join(':'),
    severity,
    step,
    message,
  }));
  // In a table the end of a message could be cut.
  if (ctx.output !== 'table') await ctx.print(rows);
  else
    await printText(ctx, sanitize(rows.map(({ id, severity, message }) => `${id}: ${severity} ${message}\n`).join('')));
  for (const { step, decision } of decisions) {
    const { effect, action, canonicalUri, reason } = decision;
    if (effect !== 'ALLOW') ctx.note(`${step}: ${effect} ${action} ${canonicalUri ?? ''}: ${reason}`);
  }
  if (valid) ctx.note(`${document} is valid.`);
  return valid ? EXIT.success : EXIT.failed;
}
