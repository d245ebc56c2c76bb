import { Braces, Command, Ellipsis, LogOut } from 'lucide-react';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { BASE_PATH, HAS_GRAPHIQL } from '../api/page.ts';
import { Button } from '../ui/button.tsx';
import { useKeys } from './keys.ts';
import { DESTINATIONS, PHONE_DESTINATIONS } from './navigation.ts';
import styles from './navigation-bar.module.css';

interface Props {
  readonly username: string;
  /** How many wait for a decision. */
  readonly approvals: string | undefined;
  readonly onFind: () => void;
  readonly onSignOut: () => void;
}

/** The views, search and the account: a column, or on a phone a bar whose "More" opens the rest. */
export function NavigationBar({ username, approvals, onFind, onSignOut }: Props) {
  const [path] = useLocation();
  const [openAt, setOpenAt] = useState<string>();
  // What was chosen closes it.
  const isOpen = openAt === path;
  useKeys({ Escape: isOpen ? () => setOpenAt(undefined) : undefined });
  const list = (destinations: typeof DESTINATIONS) => (
    <ul>
      {destinations.map(({ path: to, label, icon: Icon }) => (
        <li key={to}>
          <Link href={to} aria-current={path.startsWith(to) ? 'page' : undefined} title={label}>
            <Icon size={16} aria-hidden="true" />
            <span>{label}</span>
            {to === '/approvals' && approvals && (
              <b>
                {approvals} <span className="visually-hidden">to decide</span>
              </b>
            )}
          </Link>
        </li>
      ))}
    </ul>
  );
  return (
    <nav className={styles.nav} aria-label="Views">
      <Link href="/runs" className={styles.brand}>
        Signalbox
      </Link>
      {list(DESTINATIONS.slice(0, PHONE_DESTINATIONS))}
      <button
        type="button"
        className={styles.more}
        aria-expanded={isOpen}
        aria-controls="more-views"
        onClick={() => setOpenAt(isOpen ? undefined : path)}
      >
        <Ellipsis size={16} aria-hidden="true" />
        <span>More</span>
      </button>
      <div id="more-views" className={styles.rest}>
        {list(DESTINATIONS.slice(PHONE_DESTINATIONS))}
        <div className={styles.foot}>
          <Button look="quiet" onClick={onFind} title="Search and commands (ctrl+K)">
            <Command size={16} aria-hidden="true" /> <span>Find…</span>
          </Button>
          {HAS_GRAPHIQL && (
            <a href={`${BASE_PATH}/graphql`} title="GraphiQL">
              <Braces size={16} aria-hidden="true" /> <span>GraphiQL</span>
            </a>
          )}
          <Button look="quiet" onClick={onSignOut} title={`Sign out ${username}`}>
            <LogOut size={16} aria-hidden="true" /> <span>{username}</span>
          </Button>
        </div>
      </div>
    </nav>
  );
}
