import { Dialog } from '../ui/dialog.tsx';
import styles from './key-help.module.css';
import { DESTINATIONS } from './navigation.ts';

const KEYS: readonly (readonly [string, string])[] = [
  ['ctrl+K', 'Find a view, a run or a workflow'],
  ['?', 'These keys'],
  ['/', 'Search on this page'],
  ['j, k', 'Next and previous row or step'],
  ['Enter', 'Open the row'],
  ['x', 'Select the row, or take it out'],
  ['n', 'Show new rows'],
  ['[, ]', 'Previous and next of the list that the page was opened from'],
  ['f', 'Follow the log'],
  ['e', 'Next error in the log'],
  ['+, -', 'Zoom the timeline'],
  ['a, r', 'Approve, reject'],
  ['Escape', 'Close'],
];

/** The list of keys. */
export function KeyHelp({ onClose }: { readonly onClose: () => void }) {
  const moves = DESTINATIONS.map(({ key, label }) => [`g ${key}`, label] as const);
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className={styles.keys}>
        {[...KEYS, ...moves].map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p>The settings can turn off keys without ctrl.</p>
    </Dialog>
  );
}
