import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';

export const Effect = builder.enumType('Effect', {
  description: 'What a capability does to the world outside Signalbox.',
  values: {
    PURE: {
      description: 'Nothing: it reads and computes. It may be done again, and only its result counts.',
    },
    EXTERNAL: {
      description: 'It may change something outside. That it is about to act is recorded durably before it acts.',
    },
  },
});
