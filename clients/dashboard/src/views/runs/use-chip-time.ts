import { useSettings } from '../../api/settings.ts';
import { dayClockText } from '../../ui/time-text.ts';
import { momentOf } from './time-range.ts';

/** Writes a moment of the URL as a chip shows it. */
export function useChipTime(): (text: string) => string {
  const { zone } = useSettings();
  return (text) => {
    const at = momentOf(text, 0);
    return /^\d+[mhd]$/.test(text) || at === undefined ? `${text} ago` : dayClockText(at, zone);
  };
}
