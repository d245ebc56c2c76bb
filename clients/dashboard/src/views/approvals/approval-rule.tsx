import { Link } from 'wouter';
import type { ApprovalDetail } from './question.ts';

/** The rule of the policy that requires the approval, as its file has it. */
export function ApprovalRule({ approval: { call, step } }: { readonly approval: ApprovalDetail }) {
  const { rule, action, author } = step.decision ?? {};
  // The latest decision about the step may be about something else by now.
  if (rule?.effect !== 'APPROVE' || (call && action !== `tool:${call.tool}`)) {
    return <p>The policy lets it do this only with an approval.</p>;
  }
  const text = [rule.role, rule.action, rule.uri, rule.schema, 'approve'].join(', ');
  return (
    <p>
      The policy lets {author ? `${author}, who wrote it,` : 'it'} do this only with an approval, by the rule{' '}
      <Link href={`/policy?q=${rule.id}`}>
        <code>{text}</code>
      </Link>
      {rule.comment && `: ${rule.comment}`}.
    </p>
  );
}
