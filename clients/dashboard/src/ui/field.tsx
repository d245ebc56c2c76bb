import {
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from 'react';
import styles from './field.module.css';

interface Frame {
  readonly label: string;
  /** What to enter. */
  readonly hint?: ReactNode;
  /** What is wrong with what was entered. */
  readonly problem?: string | undefined;
}

type Owned = 'className' | 'style' | 'id';

/** A text field with its label. */
export function TextField({
  label,
  hint,
  problem,
  ...rest
}: Frame & Omit<InputHTMLAttributes<HTMLInputElement>, Owned>) {
  const id = useId();
  return (
    <FieldFrame id={id} label={label} hint={hint} problem={problem}>
      <input {...rest} id={id} {...describedBy(id, hint, problem)} />
    </FieldFrame>
  );
}

/** A field for several lines. */
export function TextArea({
  label,
  hint,
  problem,
  ...rest
}: Frame & Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, Owned>) {
  const id = useId();
  return (
    <FieldFrame id={id} label={label} hint={hint} problem={problem}>
      <textarea {...rest} id={id} {...describedBy(id, hint, problem)} />
    </FieldFrame>
  );
}

/** A choice of one of several. */
export function SelectField({
  label,
  hint,
  problem,
  children,
  ...rest
}: Frame & Omit<SelectHTMLAttributes<HTMLSelectElement>, Owned>) {
  const id = useId();
  return (
    <FieldFrame id={id} label={label} hint={hint} problem={problem}>
      <select {...rest} id={id} {...describedBy(id, hint, problem)}>
        {children}
      </select>
    </FieldFrame>
  );
}

/** Yes or no. */
export function CheckField({
  label,
  hint,
  problem,
  ...rest
}: Frame & Omit<InputHTMLAttributes<HTMLInputElement>, Owned>) {
  const id = useId();
  return (
    <div className={styles.check}>
      <input type="checkbox" {...rest} id={id} {...describedBy(id, hint, problem)} />
      <label htmlFor={id}>{label}</label>
      <Texts id={id} hint={hint} problem={problem} />
    </div>
  );
}

function FieldFrame({
  id,
  label,
  hint,
  problem,
  children,
}: Frame & { readonly id: string; readonly children: ReactNode }) {
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      {children}
      <Texts id={id} hint={hint} problem={problem} />
    </div>
  );
}

function Texts({ id, hint, problem }: Pick<Frame, 'hint' | 'problem'> & { readonly id: string }) {
  return (
    <>
      {hint && (
        <p id={`${id}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
      {problem && (
        <p id={`${id}-problem`} className={styles.problem}>
          {problem}
        </p>
      )}
    </>
  );
}

function describedBy(id: string, hint: ReactNode, problem: string | undefined) {
  const ids = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ');
  return { 'aria-describedby': ids || undefined, 'aria-invalid': problem ? true : undefined };
}
