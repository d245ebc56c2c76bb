import { describe, expect, it } from 'vitest';
import { createTestStepSession } from '../../test/support/step-kinds/step-session.ts';
import { notifySend } from '../tools/notify-send.ts';
import { notify } from './notify.ts';

describe('notify', () => {
  it('notifies the watchers of the run', async () => {
    const session = createTestStepSession([notifySend()]);
    const output = await notify.run({ message: 'It is done.', level: 'warn', title: 'Build' }, session);
    expect(output).toMatchObject({ delivered: 'event' });
    expect(session.logged).toEqual(['NOTIFICATION WARN Build: It is done.']);
  });
});
