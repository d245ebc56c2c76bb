import { type ReactNode, useId, useState } from 'react';
import { CheckField, SelectField, TextArea, TextField } from '../../ui/field.tsx';
import { JsonField } from './json-field.tsx';
import { ResourceField } from './resource-field.tsx';
import { type FieldKind, type FormSchema, fieldKindOf, labelOf, partition } from './schema.ts';
import styles from './schema-form.module.css';

export type FormValue = Readonly<Record<string, unknown>>;

interface Props {
  /** Of an object. */
  readonly schema: FormSchema;
  readonly value: FormValue;
  readonly onChange: (value: FormValue) => void;
  /** Why a property is not valid, by its name. */
  readonly problems?: Readonly<Record<string, string>>;
  /** What stands in the place of a field that cannot be used; undefined for one that can. */
  readonly instead?: Instead | undefined;
}

type Instead = (path: readonly string[], kind: FieldKind, schema: FormSchema) => ReactNode;

/**
 * A form for an object of a JSON Schema: what is required or has a value first, the rest under "More options". Properties without a value are left
 * out.
 */
export function SchemaForm({ schema, value, onChange, problems = {}, instead }: Props) {
  const { asked, optional } = partition(schema);
  // As at the beginning: no field moves while somebody enters its value.
  const [first] = useState(() => [...asked, ...optional.filter((name) => value[name] !== undefined)]);
  const shown = first.length > 0 ? first : optional;
  const rest = optional.filter((name) => !shown.includes(name));
  const set = (name: string, next: unknown) => {
    const { [name]: _, ...others } = value;
    onChange(next === undefined ? others : { ...others, [name]: next });
  };
  const fieldOf = (name: string) => (
    <SchemaField
      key={name}
      name={name}
      schema={schema.properties?.[name] ?? {}}
      isRequired={asked.includes(name)}
      value={value[name]}
      onChange={(next) => set(name, next)}
      problem={problems[name]}
      instead={instead}
    />
  );
  return (
    <div className={styles.form}>
      {shown.map(fieldOf)}
      {rest.length > 0 && (
        <details className={styles.more}>
          <summary>More options ({rest.length})</summary>
          <div className={styles.form}>{rest.map(fieldOf)}</div>
        </details>
      )}
    </div>
  );
}

interface FieldProps {
  readonly name: string;
  readonly schema: FormSchema;
  readonly isRequired: boolean;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly problem: string | undefined;
  readonly instead: Instead | undefined;
}

function SchemaField({ name, schema, isRequired, value, onChange, problem, instead }: FieldProps) {
  const kind = fieldKindOf(name, schema);
  const other = value === undefined ? undefined : instead?.([name], kind, schema);
  if (other) return other;
  const label = labelOf(name, schema) + (isRequired ? '' : ' (optional)');
  const shared = { label, hint: hintOf(schema), problem };
  const text = typeof value === 'string' ? value : '';
  switch (kind) {
    case 'resource':
      return <ResourceField {...shared} value={value} onChange={onChange} />;
    case 'choice':
      return (
        <SelectField {...shared} value={text} onChange={({ target }) => onChange(target.value || undefined)}>
          <option value="">{schema.default === undefined ? 'Not set' : `Default: ${String(schema.default)}`}</option>
          {schema.enum?.map((option) => (
            <option key={String(option)}>{String(option)}</option>
          ))}
        </SelectField>
      );
    case 'flag':
      return (
        <CheckField
          {...shared}
          checked={(value ?? schema.default) === true}
          onChange={({ target }) => onChange(target.checked)}
        />
      );
    case 'number':
      return (
        <TextField
          {...shared}
          type="number"
          min={schema.minimum}
          max={schema.maximum}
          step={schema.type === 'integer' ? 1 : 'any'}
          value={typeof value === 'number' ? value : ''}
          placeholder={placeholderOf(schema)}
          onChange={({ target }) => onChange(target.value === '' ? undefined : target.valueAsNumber)}
        />
      );
    case 'line':
      return (
        <TextField
          {...shared}
          value={text}
          placeholder={placeholderOf(schema)}
          onChange={({ target }) => onChange(target.value || undefined)}
        />
      );
    case 'lines':
      return (
        <TextArea {...shared} rows={5} value={text} onChange={({ target }) => onChange(target.value || undefined)} />
      );
    case 'list':
      return <ListField {...shared} value={value} onChange={onChange} />;
    case 'group':
      return (
        <Group
          label={label}
          schema={schema}
          value={value}
          onChange={onChange}
          instead={instead && ((path, ...rest) => instead([name, ...path], ...rest))}
        />
      );
    default:
      return <JsonField {...shared} value={value} onChange={onChange} />;
  }
}

interface Shared {
  readonly label: string;
  readonly hint: string | undefined;
  readonly problem: string | undefined;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}

function ListField({ label, hint, problem, value, onChange }: Shared) {
  const lines = Array.isArray(value) ? value.join('\n') : '';
  const change = (text: string) => onChange(text === '' ? undefined : text.split('\n'));
  return (
    <TextArea
      label={label}
      hint={`${hint ?? ''} One on each line.`.trim()}
      problem={problem}
      rows={3}
      value={lines}
      onChange={({ target }) => change(target.value)}
    />
  );
}

function Group({
  label,
  schema,
  value,
  onChange,
  instead,
}: Pick<Shared, 'label' | 'value' | 'onChange'> & Pick<FieldProps, 'schema' | 'instead'>) {
  const id = useId();
  return (
    <fieldset className={styles.group} aria-describedby={schema.description && id}>
      <legend>{label}</legend>
      {schema.description && <p id={id}>{schema.description}</p>}
      <SchemaForm
        schema={schema}
        value={(value ?? {}) as FormValue}
        onChange={(next) => onChange(Object.keys(next).length > 0 ? next : undefined)}
        instead={instead}
      />
    </fieldset>
  );
}

const hintOf = ({ description }: FormSchema) => description;

const placeholderOf = ({ default: value }: FormSchema) =>
  value === undefined ? undefined : `Default: ${String(value)}`;
