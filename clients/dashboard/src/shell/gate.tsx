import type { ReactNode } from 'react';
import { useHasExpired } from '../api/session.ts';
import { useViewer } from '../api/viewer.ts';
import { ErrorNotice } from '../ui/notice.tsx';
import { Frame } from './frame.tsx';
import { SignIn, SignInAgain } from './sign-in.tsx';

/** Shows the views to those who are signed in, and otherwise asks them to. */
export function Gate({ children }: { readonly children: ReactNode }) {
  const { data, error, refetch } = useViewer();
  const hasExpired = useHasExpired();
  if (error && !data) return <ErrorNotice error={error} retry={() => void refetch()} />;
  if (!data) return null;
  if (!data.viewer) return <SignIn />;
  return (
    <>
      <Frame username={data.viewer.username}>{children}</Frame>
      {hasExpired && <SignInAgain />}
    </>
  );
}
