import packageJson from '../../package.json' with { type: 'json' };

/** What `npm start` gives Node: limits of its memory. */
export const PRODUCTION_FLAGS: readonly string[] = packageJson.scripts.start
  .split(' ')
  .filter((word) => word.startsWith('--'));
