import { Link } from 'wouter';
import { PlayDecisionDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import type { FormValue } from '../../parts/schema-form/schema-form.tsx';
import type { PlayItem } from './play.ts';
import styles from './playground.module.css';

const WORDS = {
  ALLOW: 'Allowed',
  THROTTLE: 'Allowed, at a limited rate',
  APPROVE: 'Allowed after a person has approved it',
  DENY: 'Denied',
} as const;

/** What the policy says to the form as it is: before it is sent, and without a trace. */
export function Decision({ item, value }: { readonly item: PlayItem; readonly value: FormValue }) {
  const action = actionOf(item);
  const uri = uriOf(value);
  const { data } = useRead(PlayDecisionDocument, { action: action ?? '', uri }, { enabled: action !== undefined });
  const decision = action && data?.explainPolicy;
  if (!decision) return null;
  return (
    <p className={styles.decision} data-effect={decision.effect} role="status" title={decision.reason}>
      {WORDS[decision.effect]}
      {decision.rule ? (
        <>
          {' by '}
          <Link href={`/policy?q=${decision.rule.id}`}>{decision.rule.id}</Link>
        </>
      ) : (
        `: ${decision.reason}`
      )}
    </p>
  );
}

function actionOf({ kind, name }: PlayItem): string | undefined {
  if (kind === 'document') return undefined;
  return `${kind}:${kind === 'agent' ? name.toLowerCase() : name}`;
}

/** The URI of the source, once it is one. */
function uriOf({ source }: FormValue): string | undefined {
  const { uri } = (source ?? {}) as { readonly uri?: string };
  return uri !== undefined && /^[a-z][a-z0-9+.-]*:./i.test(uri) ? uri : undefined;
}
