import { type ComponentType, lazy, useState } from 'react';
import { SignalboxError } from '../../../sdk/src/index.ts';
import { ErrorNotice } from './notice.tsx';

type Loaded<P> = ComponentType<P> & {
  /** Loads it before it is shown. */
  readonly load: () => Promise<unknown>;
};

/**
 * A component in a file of the build that is loaded when it is first shown. If that fails, it says so in its place. What has been loaded before is shown at
 * once: React would show a placeholder, and that for 300 ms.
 */
export function loaded<K extends string, P extends object>(
  load: () => Promise<Readonly<Record<K, ComponentType<P>>>>,
  name: K,
): Loaded<P> {
  let known: ComponentType<P> | undefined;
  const read = async (): Promise<{ default: ComponentType<P> }> => {
    try {
      known = (await load())[name];
      return { default: known };
    } catch {
      return { default: NotLoaded };
    }
  };
  const Later = lazy(read);
  function Part(props: P) {
    // Another component would lose its state.
    const [Shown] = useState((): ComponentType<P> => known ?? (Later as unknown as ComponentType<P>));
    return <Shown {...props} />;
  }
  return Object.assign(Part, { load: read });
}

/** The server cannot be reached, or has another version since. A browser may refuse to load the file again without a new page. */
function NotLoaded() {
  const error = new SignalboxError(
    'UNAVAILABLE',
    'This part of the dashboard could not be loaded. Load the page again once the server can be reached.',
  );
  return <ErrorNotice error={error} retry={() => window.location.reload()} />;
}
