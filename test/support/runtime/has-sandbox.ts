import { existsSync } from 'node:fs';

/** Whether tests of what runs in the sandbox can run. With REQUIRE_SERVICES they run, and fail, where it is missing. */
export const hasSandbox =
  Boolean(process.env.REQUIRE_SERVICES) || (existsSync('/usr/bin/bwrap') && existsSync('/usr/bin/python3'));
