import { useQuery } from '@tanstack/react-query';
import { client } from './client.ts';
import { ViewerDocument } from './generated/graphql.ts';
import { session } from './session.ts';

/** Who is signed in. It stays while the page asks to sign in again. */
export function useViewer() {
  return useQuery({
    queryKey: ['Viewer'],
    queryFn: ({ signal }) =>
      session.during(async () => {
        const data = await client.request(ViewerDocument, {}, { signal });
        session.isOf(data.viewer?.subject);
        return data;
      }, signal),
  });
}
