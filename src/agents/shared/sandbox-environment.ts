/** Environment of every program of an agent; the rest is what its caller passes. */
export const BASE_ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8', HOME: '/tmp' };

/** Where a program starts. Not /work: there it would hide what the program may read, if that is below /work. */
export const WORKSPACE = '/workspace';
