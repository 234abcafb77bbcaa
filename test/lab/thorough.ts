/** What takes minutes and adds little to what runs always: only when it is asked for, and named as skipped otherwise. */
export const isThorough = process.env['UNDERSTUDY_THOROUGH'] === '1';

/** For the name of a test that is skipped. */
export const notAsked = 'needs UNDERSTUDY_THOROUGH=1, since it takes minutes';
