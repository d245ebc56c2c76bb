import { useState } from 'react';
import { isExample, type PlayItem, type PlayKind } from './play.ts';
import styles from './playground.module.css';

const GROUPS: readonly (readonly [PlayKind, string])[] = [
  ['command', 'Commands'],
  ['tool', 'Tools'],
  ['agent', 'Agents'],
  ['workflow', 'Saved workflows'],
];

interface Props {
  readonly items: readonly PlayItem[];
  readonly chosen: PlayItem | undefined;
  readonly onChoose: (item: PlayItem) => void;
}

/** The examples, and the catalog by kind. */
export function CatalogList({ items, chosen, onChoose }: Props) {
  const [search, setSearch] = useState('');
  const words = search.toLowerCase();
  const matching = items.filter(({ name, title }) => `${name} ${title}`.toLowerCase().includes(words));
  const entry = (one: PlayItem) => (
    <li key={`${one.name} ${one.title}`}>
      <button
        type="button"
        aria-current={one === chosen || undefined}
        title={one.description}
        onClick={() => onChoose(one)}
      >
        {isExample(one) ? one.title : one.name}
      </button>
    </li>
  );
  return (
    <nav className={styles.catalog} aria-label="Catalog">
      <input
        type="search"
        aria-label="Search the catalog"
        placeholder="Search"
        value={search}
        onChange={({ target }) => setSearch(target.value)}
      />
      <h2>Examples</h2>
      <ul className={styles.examples}>{matching.filter(isExample).map(entry)}</ul>
      {GROUPS.map(([kind, label]) => {
        const entries = matching.filter((one) => one.kind === kind && !isExample(one));
        if (entries.length === 0) return null;
        return (
          <section key={kind}>
            <h2>{label}</h2>
            <ul>{entries.map(entry)}</ul>
          </section>
        );
      })}
      {matching.length === 0 && <p>Nothing has this name. Search for less.</p>}
    </nav>
  );
}
