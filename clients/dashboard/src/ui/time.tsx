import { useNow } from '../api/now.ts';
import { useSettings } from '../api/settings.ts';
import { durationText, momentText, relativeText } from './time-text.ts';

/** A moment as people say it, relative to now; the whole moment on hover. */
export function Time({ at }: { readonly at: string }) {
  const { zone } = useSettings();
  const now = useNow(10_000);
  return (
    <time dateTime={at} title={momentText(at, zone)}>
      {relativeText(at, now, zone)}
    </time>
  );
}

/** How long something took, or takes until now. Nothing before it started. */
export function Duration({
  from,
  to,
}: {
  readonly from: string | null | undefined;
  readonly to: string | null | undefined;
}) {
  if (from == null) return null;
  if (to == null) return <RunningDuration from={from} />;
  return <span>{durationText(Date.parse(to) - Date.parse(from))}</span>;
}

function RunningDuration({ from }: { readonly from: string }) {
  const now = useNow();
  return <span>{durationText(now - Date.parse(from))}</span>;
}
