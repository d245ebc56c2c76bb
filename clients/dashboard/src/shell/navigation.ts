import {
  CalendarClock,
  CircleCheckBig,
  Cpu,
  Files,
  FlaskConical,
  Play,
  Settings,
  ShieldCheck,
  Workflow,
} from 'lucide-react';
import type { ComponentType } from 'react';

interface Destination {
  readonly path: string;
  readonly label: string;
  readonly icon: ComponentType<{ readonly size?: number; readonly 'aria-hidden'?: 'true' }>;
  /** Pressed after `g`. */
  readonly key?: string;
}

/** The views that the navigation lists, in its order. A phone lists the first ones, and the others after "More". */
export const DESTINATIONS: readonly Destination[] = [
  { path: '/runs', label: 'Runs', icon: Play, key: 'r' },
  { path: '/workflows', label: 'Workflows', icon: Workflow, key: 'w' },
  { path: '/play', label: 'Playground', icon: FlaskConical, key: 'y' },
  { path: '/approvals', label: 'Approvals', icon: CircleCheckBig, key: 'a' },
  { path: '/schedules', label: 'Schedules', icon: CalendarClock, key: 's' },
  { path: '/files', label: 'Files', icon: Files, key: 'f' },
  { path: '/workers', label: 'Workers', icon: Cpu, key: 'k' },
  { path: '/policy', label: 'Policy', icon: ShieldCheck, key: 'p' },
  { path: '/settings', label: 'Settings', icon: Settings, key: ',' },
];

/** How many of them a phone lists. */
export const PHONE_DESTINATIONS = 4;
