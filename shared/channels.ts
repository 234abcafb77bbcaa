/** The two IPC channels between the Electron main process and its page; there are no others. */
export const invokeChannel = 'understudy:invoke';
export const eventChannel = 'understudy:event';
