import { SignalboxError } from '../../../../../sdk/src/index.ts';
import type { Live } from '../../../../../sdk/src/react/index.ts';
import { useLive } from '../../../../../sdk/src/react/use-live.ts';
import { client } from '../../../api/client.ts';
import { AgentBeginDocument, AgentTalkDocument } from '../../../api/generated/graphql.ts';
import { useRefresh } from '../../../api/query.ts';
import { type AgentTalk, addAgentEvent, NO_TALK } from './agent-talk.ts';

/** What the agent of a step said and did, from its beginning, and as it continues. The tokens of the run are read again after each message. */
export function useAgentTalk(runId: string, step: string): Live<AgentTalk> {
  const refresh = useRefresh();
  return useLive<AgentTalk>(client, ['agent', runId, step], ({ client, signal, persist, show }) => {
    persist(async ({ onInterrupted, onCurrent }) => {
      const { run } = await client.request(AgentBeginDocument, { runId }, { signal });
      if (!run) throw new SignalboxError('NOT_FOUND', `There is no run ${runId}, or you may not see it.`);
      const variables = { runId, step, after: run.events.cursor };
      let talk = NO_TALK;
      for await (const { events } of client.subscribe(AgentTalkDocument, variables, { signal, onInterrupted })) {
        onCurrent();
        const before = talk.usage;
        talk = events.events.reduce(addAgentEvent, talk);
        show(talk);
        const { input, output } = talk.usage;
        if (input + output > before.input + before.output) {
          void refresh('RunFacts');
        }
      }
    });
  });
}
