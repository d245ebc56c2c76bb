import type { ExecutionArgs } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Admit } from './admission.ts';
import type { Context } from './context.ts';

/** Lets an operation run only when its caller is signed in, where that is needed, and when it does not cost too much. */
export function useAdmission(admit: Admit): Plugin<Context> {
  const check = ({ args }: { readonly args: ExecutionArgs }) => admit(args);
  return { onExecute: check, onSubscribe: check };
}
