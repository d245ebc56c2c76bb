import type { ReactNode } from 'react';
import { SignalboxError } from '../../../sdk/src/index.ts';
import { ViewerDocument } from '../api/generated/graphql.ts';
import { useRead } from '../api/query.ts';
import { useHasExpired } from '../api/session.ts';
import { ErrorNotice } from '../ui/notice.tsx';
import { Frame } from './frame.tsx';
import { SignIn, SignInAgain } from './sign-in.tsx';

/** Shows the views to those who are signed in, and otherwise asks them to. */
export function Gate({ children }: { readonly children: ReactNode }) {
  const { data, error, refetch } = useRead(ViewerDocument, {});
  const hasExpired = useHasExpired();
  const isUnknown = error instanceof SignalboxError && error.code === 'UNAUTHENTICATED';
  if (error && !isUnknown && !data) return <ErrorNotice error={error} retry={() => void refetch()} />;
  if (!data && !isUnknown) return null;
  if (!data?.viewer) return <SignIn expired={hasExpired} />;
  return (
    <>
      <Frame username={data.viewer.username}>{children}</Frame>
      {hasExpired && <SignInAgain />}
    </>
  );
}
