import { choice, text, useUrlState } from '../../api/url-state.ts';
import type { LogPlace } from '../../parts/log/log-view.tsx';

const PARAMS = { line: text, level: choice('DEBUG', 'INFO', 'WARN', 'ERROR'), find: text };

/** What is looked at in a log: it is in the URL. */
export function useLogPlace() {
  const [url, setUrl] = useUrlState(PARAMS);
  const place: LogPlace = { ...url, line: /^[1-9]\d{0,8}$/.test(url.line) ? Number(url.line) : undefined };
  const onPlace = (changes: Partial<LogPlace>) => {
    const { line, ...others } = changes;
    setUrl('line' in changes ? { ...others, line: line === undefined ? '' : String(line) } : others);
  };
  return { place, onPlace };
}
