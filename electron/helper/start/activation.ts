/** The socket that systemd made and hands over as descriptor 3 (sd_listen_fds(3)). */
import { Fault } from '../../engine/fault.js';

const firstDescriptor = 3;

/** Throws `UNSAFE_PLACE` when no socket was handed to this very process. */
export function handedOver(environment: Readonly<Record<string, string | undefined>>): number {
  if (environment['LISTEN_PID'] !== String(process.pid) || environment['LISTEN_FDS'] !== '1')
    throw new Fault('UNSAFE_PLACE', 'systemd has handed over no socket: start understudy-helper.socket.');
  return firstDescriptor;
}
