import { type ComponentType, lazy } from 'react';
import { SignalboxError } from '../../../sdk/src/index.ts';
import { ErrorNotice } from './notice.tsx';

/** A component in a file of the build that is loaded when it is first shown. If that fails, it says so in its place. */
export const loaded = <K extends string, P>(load: () => Promise<Readonly<Record<K, ComponentType<P>>>>, name: K) =>
  lazy(async (): Promise<{ default: ComponentType<P> }> => {
    try {
      return { default: (await load())[name] };
    } catch {
      return { default: NotLoaded };
    }
  });

/** The server cannot be reached, or has another version since. A browser may refuse to load the file again without a new page. */
function NotLoaded() {
  const error = new SignalboxError(
    'UNAVAILABLE',
    'This part of the dashboard could not be loaded. Load the page again once the server can be reached.',
  );
  return <ErrorNotice error={error} retry={() => window.location.reload()} />;
}
