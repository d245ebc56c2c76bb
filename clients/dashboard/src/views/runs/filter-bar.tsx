import { X } from 'lucide-react';
import { type KeyboardEvent, useId, useRef, useState } from 'react';
import type { RunRow } from '../../../../sdk/src/react/index.ts';
import { RunCompletionsDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { useKeys } from '../../shell/keys.ts';
import styles from './filter-bar.module.css';
import { chipsOf, completionsOf, type RunQuery, withTyped } from './run-filter.ts';
import { useChipTime } from './use-chip-time.ts';

interface Props {
  readonly query: RunQuery;
  /** Whose users and labels complete what is typed. */
  readonly runs: readonly RunRow[];
  readonly onChange: (changes: Partial<RunQuery>) => void;
}

const SPANS = [
  ['', 'Any time'],
  ['1h', 'Last hour'],
  ['24h', 'Last 24 hours'],
  ['7d', 'Last 7 days'],
  ['30d', 'Last 30 days'],
] as const;

/** The conditions of the list: one chip for each, and a field for more. */
export function FilterBar({ query, runs, onChange }: Props) {
  const chipTime = useChipTime();
  const span = query.to === '' ? SPANS.find(([value]) => value === query.from) : undefined;
  return (
    <search className={styles.bar}>
      <FilterField query={query} runs={runs} onChange={onChange} />
      <select
        aria-label="Time"
        value={span?.[0] ?? 'chosen'}
        onChange={({ target }) => onChange({ from: target.value, to: '' })}
      >
        {!span && <option value="chosen">Chosen time</option>}
        {SPANS.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      {chipsOf(query, chipTime).map(({ name, value, without }) => (
        <button
          key={`${name} ${value}`}
          type="button"
          className={styles.chip}
          aria-label={`Remove ${name} ${value}`}
          onClick={() => onChange(without)}
        >
          {name} <b>{value}</b> <X size={13} aria-hidden="true" />
        </button>
      ))}
    </search>
  );
}

/** A combobox as the ARIA practices describe it. Enter adds what is typed; Tab or Enter on a suggestion completes the last word. */
function FilterField({ query, runs, onChange }: Props) {
  const [typed, setTyped] = useState('');
  const [active, setActive] = useState(-1);
  const [isOpen, setOpen] = useState(false);
  const [problem, setProblem] = useState<string>();
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const known = useKnown(runs);
  const options = isOpen ? completionsOf(typed, known) : [];
  useKeys({ '/': () => field.current?.focus() });

  const add = (text: string) => {
    const result = withTyped(query, text);
    setProblem(result.problem);
    if (result.problem !== undefined) return;
    onChange(result.query);
    setTyped('');
    setOpen(false);
  };
  const complete = (option: string) => {
    const text = typed.replace(/\S*$/, option);
    setActive(-1);
    if (!option.endsWith(':')) return add(text);
    setTyped(text);
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const option = options[active];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && options.length > 0) setActive((active + step + options.length) % options.length);
    else if (event.key === 'Enter') option === undefined ? add(typed) : complete(option);
    else if (event.key === 'Tab' && option !== undefined) complete(option);
    else if (event.key === 'Escape' && isOpen) setOpen(false);
    else if (event.key === 'Escape') field.current?.blur();
    else return;
    event.preventDefault();
  };
  return (
    <div className={styles.field}>
      <input
        ref={field}
        type="text"
        role="combobox"
        aria-label="Filter runs"
        aria-expanded={options.length > 0}
        aria-controls={`${id}-options`}
        aria-activedescendant={options[active] === undefined ? undefined : `${id}-${active}`}
        aria-invalid={problem === undefined ? undefined : true}
        aria-describedby={problem === undefined ? undefined : `${id}-problem`}
        placeholder="Filter: failed, workflow:, by:, label:, words (/)"
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value);
          setActive(-1);
          setOpen(true);
          setProblem(undefined);
        }}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      <div id={`${id}-options`} role="listbox" aria-label="Suggestions" hidden={options.length === 0}>
        {options.map((option, index) => (
          <div
            key={option}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            // The field keeps the focus: when it loses it, the list closes before the click arrives.
            onPointerDown={(event) => {
              event.preventDefault();
              complete(option);
            }}
          >
            {option}
          </div>
        ))}
      </div>
      {problem !== undefined && (
        <p id={`${id}-problem`} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

/** What completes names: saved workflows, and what the rows have. */
function useKnown(runs: readonly RunRow[]) {
  const { data } = useRead(RunCompletionsDocument, {});
  const saved = data?.workflows.nodes.map(({ name }) => name) ?? [];
  const labels = runs.flatMap((run) =>
    Object.entries((run.labels ?? {}) as Readonly<Record<string, unknown>>).map(([name, value]) => `${name}=${value}`),
  );
  return {
    workflows: [...new Set([...saved, ...runs.flatMap(({ workflow }) => workflow ?? [])])],
    users: [...new Set(runs.map(({ principal }) => principal.username))],
    labels: [...new Set(labels)],
  };
}
