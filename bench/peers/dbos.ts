import { DBOS } from '@dbos-inc/dbos-sdk';
import type { OpenSubject } from '../load/subject.ts';

const nothing = async () => {};

const workflow = DBOS.registerWorkflow(
  async () => {
    await DBOS.runStep(nothing, { name: 'one' });
    await DBOS.runStep(nothing, { name: 'two' });
    await DBOS.runStep(nothing, { name: 'three' });
  },
  { name: 'three-steps' },
);

/** A DBOS workflow of three steps that do nothing, called directly, which is the fastest way, with DBOS's defaults. */
export const open: OpenSubject = async ({ url }) => {
  DBOS.setConfig({ name: 'bench', systemDatabaseUrl: url, logLevel: 'error' });
  await DBOS.launch();
  return { perform: () => workflow(), close: () => DBOS.shutdown() };
};
