import type { WorkersLineFragment } from '../../api/generated/graphql.ts';
import styles from './workers.module.css';

/** As a shape, a word and a colour. */
export function WorkerState({ worker: { alive, drained, revoked } }: { readonly worker: WorkersLineFragment }) {
  if (revoked) return <span className={styles.lost}>✕ Key revoked</span>;
  if (!alive) return <span className={styles.lost}>✕ Lost</span>;
  return drained ? <span className={styles.drained}>‖ Drained</span> : <span className={styles.alive}>✓ Alive</span>;
}
