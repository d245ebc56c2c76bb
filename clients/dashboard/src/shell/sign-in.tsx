import { type FormEvent, useLayoutEffect, useRef, useState } from 'react';
import { SignInMethodDocument } from '../api/generated/graphql.ts';
import { queryClient, useRead } from '../api/query.ts';
import { session } from '../api/session.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { ErrorNotice } from '../ui/notice.tsx';
import styles from './sign-in.module.css';

/** The page of those who are not signed in. */
export function SignIn() {
  return (
    <main className={styles.page}>
      <SignInForm expired={false} />
    </main>
  );
}

/** Over a page whose session has ended. What it shows stays, and continues afterwards. */
export function SignInAgain() {
  const ref = useRef<HTMLDialogElement>(null);
  // Closed while it is in the page, a dialog gives the focus back to what opened it.
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      className={styles.over}
      aria-label="Sign in again"
      onCancel={(event) => event.preventDefault()}
      onClose={() => ref.current?.showModal()}
    >
      <SignInForm expired />
    </dialog>
  );
}

/** Asks who you are: by a password, or by a token where an identity provider signs them. */
function SignInForm({ expired }: { readonly expired: boolean }) {
  const { data } = useRead(SignInMethodDocument, {});
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const byToken = data?.server.signIn === 'TOKEN';
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const value = (name: string) => String(form.get(name) ?? '');
    setBusy(true);
    setError(undefined);
    try {
      await session.start(
        byToken ? { token: value('token').trim() } : { username: value('username'), password: value('password') },
      );
      await queryClient.invalidateQueries();
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className={styles.card} onSubmit={(event) => void submit(event)}>
      <h1>Signalbox</h1>
      {expired && <p>Your session has ended. Sign in to continue where you were.</p>}
      {byToken ? (
        <TextField
          label="Token"
          name="token"
          type="password"
          autoComplete="off"
          required
          hint="A token of your identity provider."
        />
      ) : (
        <>
          <TextField label="User name" name="username" autoComplete="username" autoFocus required />
          <TextField label="Password" name="password" type="password" autoComplete="current-password" required />
        </>
      )}
      {error !== undefined && <ErrorNotice error={error} />}
      <Button type="submit" look="primary" busy={busy}>
        Sign in
      </Button>
      <p className={styles.version}>{data ? `Version ${data.health.version}` : ' '}</p>
    </form>
  );
}
