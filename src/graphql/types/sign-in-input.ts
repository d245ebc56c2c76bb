import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';

export const SignInInput = builder.inputType('SignInInput', {
  description: 'Who signs in.',
  fields: (t) => ({
    username: t.string({ required: true, description: 'The name of the account.' }),
    password: t.string({ required: true, description: 'Its password.' }),
  }),
});
