import { Link } from 'wouter';
import { isExample, type PlayItem, pathOf } from './play.ts';
import styles from './playground.module.css';

/** What runs on the sample data of the server without any input. */
export function Examples({ items }: { readonly items: readonly PlayItem[] }) {
  return (
    <ul className={styles.cards}>
      {items
        .filter((one) => isExample(one) && one.name !== 'new')
        .map((one) => (
          <li key={one.title} data-row="">
            <Link href={pathOf(one)}>{one.title}</Link>
            <p>{one.description}</p>
          </li>
        ))}
    </ul>
  );
}
