import { useState } from 'react';
import { TextArea } from '../../ui/field.tsx';

interface Props {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly problem?: string | undefined;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}

/** Any value, as JSON. While the text is not JSON the value stays as it was. */
export function JsonField({ label, hint, problem, value, onChange }: Props) {
  const [text, setText] = useState(value === undefined ? '' : JSON.stringify(value, null, 2));
  const [error, setError] = useState<string>();
  const change = (next: string) => {
    setText(next);
    try {
      onChange(next.trim() === '' ? undefined : JSON.parse(next));
      setError(undefined);
    } catch (cause) {
      setError(`This is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  };
  return (
    <TextArea
      label={label}
      hint={hint}
      problem={error ?? problem}
      rows={4}
      spellCheck={false}
      value={text}
      placeholder="{ }"
      onChange={({ target }) => change(target.value)}
    />
  );
}
