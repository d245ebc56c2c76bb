import { useId, useState } from 'react';
import { client } from '../../api/client.ts';
import { TextArea, TextField } from '../../ui/field.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import styles from './schema-form.module.css';

interface Props {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly problem?: string | undefined;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}

type Source = 'uri' | 'text' | 'file';

const SOURCES: readonly (readonly [Source, string])[] = [
  ['uri', 'URI'],
  ['text', 'Text'],
  ['file', 'File'],
];

interface ResourceValue {
  readonly uri?: string;
  readonly text?: { readonly text: string; readonly mediaType?: string };
}

/** A resource: by its URI, as text, or a file of this computer, which is stored as an artifact first. */
export function ResourceField({ label, hint, problem, value, onChange }: Props) {
  const { uri, text } = (value ?? {}) as ResourceValue;
  const [source, setSource] = useState<Source>(text ? 'text' : 'uri');
  const name = useId();
  return (
    <fieldset className={styles.group}>
      <legend>{label}</legend>
      <div className={styles.choices}>
        {SOURCES.map(([option, word]) => (
          <label key={option}>
            <input type="radio" name={name} checked={source === option} onChange={() => setSource(option)} /> {word}
          </label>
        ))}
      </div>
      {source === 'uri' && (
        <TextField
          label="URI"
          hint={hint}
          problem={problem}
          placeholder="https://… or file:///data/…"
          value={uri ?? ''}
          onChange={({ target }) => onChange(target.value === '' ? undefined : { uri: target.value.trim() })}
        />
      )}
      {source === 'text' && (
        <TextArea
          label="Text"
          problem={problem}
          rows={5}
          value={text?.text ?? ''}
          onChange={({ target }) =>
            onChange(target.value === '' ? undefined : { text: { ...text, text: target.value } })
          }
        />
      )}
      {source === 'text' && (
        <TextField
          label="Media type (optional)"
          placeholder="text/plain"
          value={text?.mediaType ?? ''}
          onChange={({ target }) =>
            onChange({ text: { text: text?.text ?? '', ...(target.value && { mediaType: target.value }) } })
          }
        />
      )}
      {source === 'file' && <FileField onStored={(stored) => onChange({ uri: stored })} stored={uri} />}
    </fieldset>
  );
}

function FileField({
  stored,
  onStored,
}: {
  readonly stored: string | undefined;
  readonly onStored: (uri: string) => void;
}) {
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const id = useId();
  const store = async (file: File | undefined) => {
    if (!file) return;
    setBusy(true);
    setError(undefined);
    try {
      const { uri } = await client.upload(file, { name: file.name });
      onStored(uri);
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className={styles.form}>
      <label htmlFor={id}>File</label>
      <input id={id} type="file" onChange={({ target }) => void store(target.files?.[0])} />
      {busy && <p role="status">Storing the file…</p>}
      {stored?.startsWith('artifact:') && <p role="status">Stored as {stored}</p>}
      {error !== undefined && <ErrorNotice error={error} />}
    </div>
  );
}
