import { changesOf } from './changes.ts';
import styles from './compare.module.css';

/** Where two JSON values differ. */
export function Changes({ a, b }: { readonly a: unknown; readonly b: unknown }) {
  const changes = changesOf(a, b);
  if (changes.length === 0) return <p>No differences.</p>;
  return (
    <table className={styles.changes}>
      <thead>
        <tr>
          <th>Where</th>
          <th>A</th>
          <th>B</th>
        </tr>
      </thead>
      <tbody>
        {changes.map((change) => (
          <tr key={change.path}>
            <th scope="row">
              <code>{change.path === '' ? 'the whole' : change.path}</code>
            </th>
            <Side value={change.a} />
            <Side value={change.b} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Side({ value }: { readonly value: unknown }) {
  return <td>{value === undefined ? <em>missing</em> : <code>{JSON.stringify(value)}</code>}</td>;
}
